// Section 6.3: forms.

import { recipe, send } from './builder.mjs';

const FORM = 'application/x-www-form-urlencoded';

export function addForms(vectors) {
    const plain = content => send(FORM, content);
    const escapes = content => send(FORM, content, { optIns: ['form-escapes'] });
    const order = content => send(FORM, content, { optIns: ['form-pair-order'] });
    const both = content => send(FORM, content, { optIns: ['form-pair-order', 'form-escapes'] });

    vectors.family('6.3', 'form: not asked for', plain('%61=b+c'), 'exact octets, unless it was asked for', {
        domain: '00', same: { 'form: another opt-in': send(FORM, '%61=b+c', { optIns: ['json-member-order'] }) },
        apart: { 'form: not asked for, resolved': plain('a=b+c') }, apartDomain: '00',
    });
    vectors.family('6.3', 'escapes: a=b c', escapes('a=b+c'), 'names and values are resolved and written anew', {
        domain: '03',
        same: {
            'escapes: %20': escapes('a=b%20c'),
            'escapes: letters': escapes('%61=%62+%63'),
            'escapes: type with parameters in order': [send(FORM + ' ;', 'a=b+c', { optIns: ['form-escapes'] }), 'the media type is normalized as ever'],
            'escapes: raw space': [escapes('a=b c'), 'an octet that should have been escaped'],
        },
        apart: {
            'escapes: escaped plus': escapes('a=b%2Bc'),
            'escapes: domain 0x00': [plain('a=b+c'), 'exact', 'form: not asked for, resolved'],
            'escapes: domain 0x04': order('a=b+c'),
            'escapes: domain 0x05': both('a=b+c'),
            'escapes: upper case': escapes('A=b+c'),
        },
    });
    const unreserved = '*-._';
    vectors.family('6.3', 'escapes: as they are', escapes(`AZaz09${unreserved}=AZaz09${unreserved}`), 'letters, digits, * - . _ as they are', {
        domain: '03', same: { 'escapes: as they are, escaped': escapes('%41%5a%61%7A%30%39%2a%2d%2E%5F=%41%5a%61%7A%30%39%2a%2d%2E%5F') },
    });
    vectors.family('6.3', 'escapes: others', escapes('a=%00%1F%21%7E%7F%80%FF%2B%3B%2F%3F'), 'every other octet as % and two digits in upper case', {
        domain: '03', same: { 'escapes: others, raw': escapes(Buffer.from('a=\x00\x1f!~\x7f\x80\xff%2b;/?', 'latin1')), 'escapes: others, lower case': escapes('a=%00%1f%21%7e%7f%80%ff%2b%3b%2f%3f') },
    });
    vectors.family('6.3', 'escapes: & and =', escapes('a=b=c&d=e%26f'), 'the first = of a pair, and & between pairs, stay', {
        domain: '03', same: { 'escapes: second = escaped': escapes('a=b%3Dc&d=e%26f') },
        apart: { 'escapes: first = escaped': escapes('a%3Db=c&d=e%26f'), 'escapes: & not escaped': escapes('a=b=c&d=e&f') }, apartDomain: '03',
    });
    vectors.family('6.3', 'escapes: a', escapes('a'), 'a and a= are different, and so are empty pairs', {
        domain: '03',
        apart: { 'escapes: a=': escapes('a='), 'escapes: =a': escapes('=a'), 'escapes: a&': escapes('a&'), 'escapes: &a': escapes('&a'), 'escapes: &': escapes('&'), 'escapes: =': escapes('='), 'escapes: a==': escapes('a==') },
        apartDomain: '03',
    });
    vectors.family('6.3', 'escapes: order', escapes('b=1&a=2'), 'pairs keep their order', { domain: '03', apart: { 'escapes: other order': escapes('a=2&b=1') }, apartDomain: '03' });
    vectors.family('6.3', 'escapes: empty', escapes(''), 'nothing is one empty pair', { domain: '03', apart: { 'order: empty': order(''), 'both: empty': both(''), 'form: empty': plain('') } });
    vectors.family('6.3', 'escapes: byte order mark', escapes('\ufeffa'), 'octets, not characters', { domain: '03', same: { 'escapes: byte order mark, escaped': escapes('%ef%bb%bfa') } });

    vectors.family('6.3', 'order: a b', order('a=2&b=1'), 'the pairs as they are, ordered by name', {
        domain: '04',
        same: { 'order: b a': order('b=1&a=2') },
        apart: { 'order: escaped value': [order('a=%32&b=1'), 'as they are'], 'order: escaped name': [order('%61=2&b=1'), 'as they are'], 'order: domain 0x05': both('a=2&b=1') },
    });
    vectors.family('6.3', 'order: equal names', order('a=1&b=1&a=2'), 'pairs of equal names keep their order', {
        domain: '04', same: { 'order: equal names, b first': order('b=1&a=1&a=2'), 'order: equal names, b last': order('a=1&a=2&b=1') },
        apart: { 'order: equal names, exchanged': order('a=2&b=1&a=1') }, apartDomain: '04',
    });
    vectors.family('6.3', 'order: escaped equal names', order('%61=1&a=2'), 'equal with + and escapes resolved', {
        domain: '04', apart: { 'order: escaped equal names, exchanged': order('a=2&%61=1') }, apartDomain: '04',
    });
    vectors.family('6.3', 'order: plus and %20', order('c+d=1&c%20d=2'), 'equal with + and escapes resolved', {
        domain: '04', apart: { 'order: plus and %20, exchanged': order('c%20d=2&c+d=1') }, apartDomain: '04',
    });
    vectors.family('6.3', 'order: by octets', order('=0&%00=1&+=2&A=3&a=4&aa=5&b=6&%7F=7&%80=8&%ff=9'), 'octet by octet of the name resolved, the shorter first', {
        domain: '04', same: { 'order: by octets, reversed': order('%ff=9&%80=8&%7F=7&b=6&aa=5&a=4&A=3&+=2&%00=1&=0') },
    });
    vectors.family('6.3', 'order: no value', order('a&b=1&a='), 'a and a= have one name, and keep their order', {
        domain: '04', same: { 'order: no value, b first': order('b=1&a&a=') }, apart: { 'order: no value, exchanged': order('a=&b=1&a') }, apartDomain: '04',
    });
    vectors.family('6.3', 'order: empty pairs', order('&a&'), 'an empty pair has an empty name', { domain: '04', same: { 'order: empty pairs first': order('&&a') }, apart: { 'order: one empty pair': order('&a'), 'order: empty pair and =': order('&=&a') }, apartDomain: '04' });
    vectors.family('6.3', 'order: name and value', order('a=2&ab=1'), 'by the name, not by the pair', { domain: '04', same: { 'order: name and value, exchanged': order('ab=1&a=2') } });
    vectors.family('6.3', 'order: name before =', order('a!=1&a=2'), 'by the name, not by the pair: ! comes before =', { domain: '04', same: { 'order: name before =, exchanged': order('a=2&a!=1') } });

    vectors.family('6.3', 'both: a b', both('a=2+3&b=1'), 'the pairs rewritten, and ordered by name', {
        domain: '05', same: { 'both: b a, escaped': both('%62=%31&a=%32%203') }, apart: { 'both: other values': both('a=1&b=2+3') }, apartDomain: '05',
    });
    vectors.family('6.3', 'both: equal names', both('%61=1&a=2'), 'pairs of equal names keep their order', {
        domain: '05', same: { 'both: equal names, resolved': both('a=1&%61=2') }, apart: { 'both: equal names, exchanged': both('a=2&%61=1') }, apartDomain: '05',
    });
    vectors.family('6.3', 'both: empty pairs', both('b&&%61&='), 'empty pairs stay', { domain: '05', same: { 'both: empty pairs, ordered': both('&=&a&b') }, apart: { 'both: empty pairs, exchanged': both('=&&a&b') }, apartDomain: '05' });

    for (const [name, wrong] of Object.entries({ '%': 'a=%', '%4': 'a=%4', '%zz': 'a=%zz', '%4&': 'a=%4&1=b', 'in a name': '%g1=b', '%%41': 'a=%%41' }))
        vectors.family('6.3', `form refused: ${name}`, plain(wrong), 'a % without two hexadecimal digits is refused, whatever was asked for', {
            domain: '00', same: { [`form refused: ${name}, escapes`]: escapes(wrong), [`form refused: ${name}, order`]: order(wrong), [`form refused: ${name}, both`]: both(wrong) },
        });
    const charset = (value, content, optIns) => send(`${FORM};charset=${value}`, content, { optIns });
    vectors.family('6.3', 'form: charset UTF-8', charset('UTF-8', '%61', ['form-escapes']), 'no charset, or utf-8', { domain: '03', same: { 'form: charset utf-8': charset('utf-8', 'a', ['form-escapes']) } });
    vectors.family('6.3', 'form: charset latin1', charset('iso-8859-1', '%61', ['form-escapes']), 'another charset: exact', { domain: '00', same: { 'form: charset latin1, not asked for': charset('iso-8859-1', '%61') }, apart: { 'form: charset latin1, resolved': charset('iso-8859-1', 'a', ['form-escapes']) }, apartDomain: '00' });
    vectors.family('6.3', 'form: another parameter', send(`${FORM};x=y`, '%61', { optIns: ['form-escapes'] }), 'only charset is asked after', { domain: '03', same: { 'form: another parameter, resolved': send(`${FORM};x=y`, 'a', { optIns: ['form-escapes'] }) } });

    vectors.family('6.3', 'form limit: 16,777,216 octets', escapes(recipe(['a', 16_777_213], ['%20', 1])), 'at most 16,777,216 octets', {
        domain: '03', same: { 'form limit: fewer octets': escapes(recipe(['a', 16_777_213], ['+', 1])) },
        apart: { 'form limit: 16,777,217 octets': escapes(recipe(['a', 16_777_214], ['%20', 1])), 'form limit: 16,777,217 octets, order': order(recipe(['b&', 8_388_608], ['a', 1])) },
        apartDomain: '00',
    });
    vectors.family('6.3', 'form limit: pairs', order(recipe(['a', 100_000, '=1&'], ['b', 1])), 'pairs have no limit', {
        domain: '04', same: { 'form limit: pairs, another first': order(recipe(['b', 1], ['&a', 100_000, '=1'])) },
    });
}
