// Section 6 without JSON: claims and what forbids them, own normalizers, and what stays exact.

import { ALL_CLAIMS, ask, b64, bare, json, MEMBER_ORDER, send, SPELLING } from './builder.mjs';
import { gzip } from './coded.mjs';

export function addContent(vectors) {
    addClaims(vectors);
    addForbidden(vectors);
    addExact(vectors);
    addOwn(vectors);
}

function addClaims(vectors) {
    const body = '{"b": 1}';
    const zipped = gzip(Buffer.from(body));
    const encoded = (claims, changes) => bare(zipped, { fields: [['Content-Encoding', 'gzip']], claims, ...changes });
    const needed = 'without a claim the bytes count as received';

    vectors.family('6', 'claims: none', bare(body), needed, {
        domain: '00',
        same: {
            'claims: codings alone': bare(body, { claims: ['gzip', 'deflate'] }),
            'claims: gzip of gzip': [encoded(['gzip']), 'the coding is removed, and the bytes count'],
        },
        apart: {
            'claims: none, no white space': bare('{"b":1}'),
            'claims: none, gzip': encoded([]),
            'claims: spelling': bare(body, { claims: SPELLING }),
            'claims: member order': bare(body, { claims: MEMBER_ORDER }),
            'claims: another coding': [encoded(['deflate', 'json-spelling']), 'a coding that is not claimed is not removed, and nothing else is', 'claims: none, gzip'],
            'claims: spelling, gzip not claimed': [encoded(SPELLING), 'no normalizer is asked while a coding is left', 'claims: none, gzip'],
            'claims: spelling and gzip': [encoded(['json-spelling', 'gzip']), 'both are removed', 'claims: spelling'],
        },
    });
    vectors.family('6', 'claims: both of JSON', bare(body, { claims: ['json-spelling', 'json-member-order'] }), 'json-member-order is enough for section 6.2', { sameAs: 'claims: member order', domain: '02' });
    vectors.family('6', 'claims: of another type', send('text/plain', '[ 1]', { claims: [...ALL_CLAIMS, 'json-member-order'] }), 'a claim is about its own media types', {
        domain: '00', same: { 'claims: of another type, none': send('text/plain', '[ 1]') }, apart: { 'claims: of another type, no white space': send('text/plain', '[1]', { claims: ALL_CLAIMS }) },
    });
}

function addForbidden(vectors) {
    const body = '{"a": 1}';
    const controlled = (...values) => json(body, { fields: values.map(value => ['Cache-Control', value]) });
    vectors.family('6', 'no-transform: none', json(body), 'a request without it', {
        sameAs: 'coding: none',
        domain: '01',
        same: {
            'no-transform: other directives': controlled('no-cache, max-age=0, only-if-cached'),
            'no-transform: in quotes': [controlled('x="a, no-transform"'), 'within double quotes a comma ends no member'],
            'no-transform: in quotes with an escape': [controlled('x="\\", no-transform"'), 'a backslash escapes the next byte'],
            'no-transform: in open quotes': [controlled('x="a, no-transform'), 'a quote that is not closed reaches to the end of its line'],
            'no-transform: as a value': controlled('x=no-transform'),
            'no-transform: longer name': controlled('no-transform2, xno-transform, no_transform'),
            'no-transform: two words': controlled('no -transform, no-transform x'),
            'no-transform: in its own quotes': controlled('"no-transform"'),
            'no-transform: vertical tab': [controlled('no-transform\x0b'), 'no other byte is white space'],
            'no-transform: semicolon': controlled('max-age=1; no-transform'),
            'no-transform: another header': json(body, { fields: [['Pragma', 'no-transform']] }),
            'no-transform: empty line': controlled('', ',,'),
        },
        apart: { 'no-transform: exact': controlled('no-transform') },
        apartDomain: '00',
    });
    vectors.family('6', 'exact: no claim', bare(body), 'the content counts as received', {
        sameAs: 'no-transform: exact',
        domain: '00',
        same: {
            ...Object.fromEntries(Object.entries({
                'in upper case': ['NO-Transform'],
                'in a list': ['max-age=5, no-transform ,x'],
                'in a second line': ['max-age=5', 'no-transform'],
                'with an argument': ['no-transform=1'],
                'with a quoted argument': ['no-transform="a,b"'],
                'with a space before =': ['no-transform =1'],
                'behind empty members': [',, ,no-transform'],
                'behind a quoted string': ['x="a,\\"b", no-transform'],
                'behind a line with an open quote': ['x="', 'no-transform'],
                'behind a backslash outside quotes': ['x\\", no-transform, y"'.replace('\\"', '\\')],
                'twice': ['no-transform, no-transform'],
            }).map(([name, lines]) => ['no-transform: ' + name, controlled(...lines)])),
            'digest: Content-Digest': json(body, { fields: [['Content-Digest', 'x']] }),
            'digest: Repr-Digest': json(body, { fields: [['Repr-Digest', 'x']] }),
            'digest: Signature-Input': json(body, { fields: [['signature-input', 'x']] }),
            'digest: empty': [json(body, { fields: [['Content-Digest', '']] }), 'even if empty'],
            'digest: all': json(body, { fields: ['Content-Digest', 'Repr-Digest', 'Signature-Input', 'Signature'].map(name => [name, 'x']) }),
            'digest: and no-transform': json(body, { fields: [['Content-Digest', 'x'], ['Cache-Control', 'no-transform']] }),
            'digest: member order': json(body, { fields: [['Repr-Digest', 'x']], claims: MEMBER_ORDER }),
        },
        apart: {
            'digest: Signature alone': [json(body, { fields: [['Signature', 'x']] }), 'without Signature-Input it covers nothing', 'coding: none'],
            'digest: Want-Content-Digest': [json(body, { fields: [['Want-Content-Digest', 'x']] }), 'another header', 'coding: none'],
        },
        apartDomain: '01',
    });
    const compressed = gzip(Buffer.from('{"a":1}'));
    const sent = (coding, ...fields) => json(compressed, { fields: [['Content-Encoding', coding], ...fields] });
    vectors.family('6', 'no-transform: gzip', sent('gzip', ['Cache-Control', 'no-transform']), 'the coding is not removed', {
        domain: '00',
        same: { 'digest: gzip': sent('gzip', ['Content-Digest', 'x']), 'no-transform: gzip, no claim': bare(compressed, { fields: [['Content-Encoding', 'gzip']] }) },
        apart: {
            'no-transform: gzip in upper case': sent('GZIP', ['Cache-Control', 'no-transform']),
            'no-transform: decoded': json('{"a":1}', { fields: [['Cache-Control', 'no-transform']] }),
            'no-transform: gzip without its line': json(compressed, { fields: [['Cache-Control', 'no-transform']] }),
        },
        apartDomain: '00',
    });
}

function addExact(vectors) {
    const claims = [...ALL_CLAIMS, 'json-member-order'];
    for (const type of ['application/jsonl', 'application/json-seq', 'application/x-ndjson', 'application/xml', 'application/sql', 'application/graphql',
        'text/json', 'application/x-www-form-urlencoded', 'application/jsonpath', 'application/json+xml', 'application/vnd.json', 'x/+jso', 'json/application', 'application/json x', 'application/json,', 'application/json;x', 'application/ json', 'application/json\x0b',
        'application/json;charset=utf-8;charset=utf-8', 'application/json;charset=utf-8;Charset=utf-16', 'application/json;charset="utf\\-8"', 'application/json;charset=utf-8;x', ''])
        vectors.family('6', `exact: ${type}`, send(type, '[1]', { claims }), 'there is no normalizer for it', {
            domain: '00', apart: { [`exact: ${type} with white space`]: send(type, '[1] ', { claims }) }, apartDomain: '00',
        });
    const typed = (content, ...types) => ask({ content: b64(content), claims, fields: types.map(type => ['Content-Type', type]) });
    vectors.family('6', 'exact: no Content-Type', typed('[1]'), 'exactly one line', { domain: '00', apart: { 'exact: no Content-Type, white space': typed('[1] ') }, apartDomain: '00' });
    vectors.family('6', 'exact: two Content-Types', typed('[1]', 'application/json', 'application/json'), 'exactly one line', {
        domain: '00', apart: { 'exact: two Content-Types, white space': typed('[1] ', 'application/json', 'application/json'), 'exact: a second, empty one': typed('[1]', 'application/json', '') }, apartDomain: '00',
    });
    vectors.family('6', 'exact: invalid UTF-8', send('text/plain', Buffer.from([0xff])), 'bytes, not characters', {
        domain: '00',
        apart: {
            'exact: other invalid UTF-8': send('text/plain', Buffer.from([0xfe])),
            'exact: replacement character': send('text/plain', '\ufffd'),
            'exact: byte order mark': send('text/plain', '\ufeff\ufffd'),
        },
    });
    const form = content => send('application/x-www-form-urlencoded', content, { claims });
    vectors.family('6', 'exact: form', form('a=2&A=1'), 'forms have no claim', { domain: '00', apart: { 'exact: form, other order': form('A=1&a=2'), 'exact: form, escapes': form('%61=2&A=1') } });
}

function addOwn(vectors) {
    const first = { name: 'first-1', type: 'application/sql', writes: b64('x') };
    const asked = (own, content = 'SELECT  1', changes) => send('application/sql', content, { own, ...changes });
    vectors.family('6', 'own: first', asked([first]), 'the name of the normalizer, and what it wrote', {
        domain: '40',
        same: {
            'own: other content': asked([first], 'select 1'),
            'own: first of two': [asked([first, { ...first, name: 'second-1', writes: b64('y') }]), 'the first that applies is asked'],
            'own: behind one for another type': asked([{ ...first, name: 'second-1', type: 'text/plain' }, first]),
            'own: coding removed': [asked([first], gzip(Buffer.from('SELECT 1')), { fields: [['Content-Encoding', 'gzip']], claims: ['gzip'] }), 'only if no coding is left'],
        },
        apart: {
            'own: other name': asked([{ ...first, name: 'first-2' }]),
            'own: writes something else': asked([{ ...first, writes: b64('y') }]),
            'own: writes nothing': asked([{ ...first, writes: '' }]),
            'own: boundary of name and content': asked([{ ...first, name: 'first-1x', writes: '' }]),
            'own: second of two': asked([{ ...first, name: 'second-1' }, first]),
            'own: with a parameter': send('application/sql;v=1', 'SELECT  1', { own: [first] }),
            'own: name in UTF-8': asked([{ ...first, name: 'é' }]),
        },
        apartDomain: '40',
    });
    vectors.family('6', 'own: none', asked([]), 'exact', {
        domain: '00',
        same: {
            'own: refuses': [asked([{ ...first, writes: null }]), 'the content is in the exact domain'],
            'own: first refuses': [asked([{ ...first, writes: null }, { ...first, name: 'second-1' }]), 'no other is asked'],
            'own: for another type': asked([{ ...first, type: 'application/sq' }]),
            'own: forbidden by no-transform': asked([first], 'SELECT  1', { fields: [['Cache-Control', 'no-transform']] }),
            'own: forbidden by Content-Digest': asked([first], 'SELECT  1', { fields: [['Content-Digest', '']] }),
        },
    });
    vectors.family('6', 'own: coding left', asked([first], gzip(Buffer.from('SELECT 1')), { fields: [['Content-Encoding', 'gzip']] }), 'only if no coding is left', { domain: '00' });
    vectors.family('6', 'own: malformed type', send('application/sql;', 'x', { own: [first] }), 'empty parameters are allowed', {
        domain: '40', apart: { 'own: malformed parameter': send('application/sql;x', 'x', { own: [first] }), 'own: charset twice': send('application/sql;charset=a;charset=a', 'x', { own: [first] }) }, apartDomain: '00',
    });
    const overJson = { name: 'json', type: 'application/json', writes: b64('x') };
    vectors.family('6', 'own: before JSON', bare('[ 1]', { own: [overJson], claims: SPELLING }), 'own normalizers come first', {
        domain: '40', apart: { 'own: refuses JSON': [bare('[ 1]', { own: [{ ...overJson, writes: null }], claims: SPELLING }), 'if it refuses, no other is asked'] }, apartDomain: '00',
    });
}
