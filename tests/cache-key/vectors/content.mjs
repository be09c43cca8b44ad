// Section 6 without its normalizers: no-transform, digests, and what stays exact.

import { ask, json, send } from './builder.mjs';
import { gzip } from './coded.mjs';

export function addContent(vectors) {
    const body = '{"a": 1}';
    const controlled = (...values) => json(body, { fields: values.map(value => ['Cache-Control', value]) });
    const asPlain = lines => ask({ target: '/n', fields: [['Content-Type', 'Text/Plain'], ...lines.map(line => ['Cache-Control', line])] });
    const compressed = gzip(Buffer.from('{"a":1}'));

    vectors.family('6', 'no-transform: none', json(body), 'a request without it is normalized', {
        sameAs: 'coding: none',
        domain: '01',
        same: {
            'no-transform: other directives': controlled('no-cache, max-age=0, only-if-cached'),
            'no-transform: in quotes': [controlled('x="a, no-transform"'), 'a comma in a quoted string ends no member'],
            'no-transform: in quotes with an escape': controlled('x="\\", no-transform"'),
            'no-transform: in open quotes': [controlled('x="a, no-transform'), 'an open quote reaches to the end of its line'],
            'no-transform: as a value': controlled('x=no-transform'),
            'no-transform: longer name': controlled('no-transform2, xno-transform, no_transform'),
            'no-transform: two words': controlled('no -transform, no-transform x'),
            'no-transform: another field': json(body, { fields: [['Pragma', 'no-transform']] }),
            'no-transform: empty line': controlled('', ',,'),
        },
        apart: {
            'no-transform': [controlled('no-transform'), 'its domain is its own'],
            'content: exact by Content-Digest': [json(body, { fields: [['Content-Digest', 'sha-256=:AAAA:']] }), 'they speak of octets'],
        },
    });
    vectors.family('6', 'no-transform: alone', asPlain(['no-transform']),
        'it asks for no normalization', {
            domain: '06',
            same: Object.fromEntries(Object.entries({
                'in upper case': ['NO-Transform'],
                'in a list': ['max-age=5, no-transform ,x'],
                'in a second line': ['max-age=5', 'no-transform'],
                'with an argument': ['no-transform=1'],
                'with a quoted argument': ['no-transform="a,b"'],
                'with a space before =': ['no-transform =1'],
                'behind empty members': [',, ,no-transform'],
                'behind a quoted string': ['x="a,\\"b", no-transform'],
                'behind a line with an open quote': ['x="', 'no-transform'],
                'twice': ['no-transform, no-transform'],
            }).map(([name, lines]) =>
                ['no-transform: ' + name, asPlain(lines)])),
            apart: {
                'no-transform: type in lower case': [ask({ target: '/n', fields: [['Content-Type', 'text/plain'], ['Cache-Control', 'no-transform']] }), 'the media type is as sent'],
                'no-transform: no type': ask({ target: '/n', fields: [['Cache-Control', 'no-transform']] }),
                'no-transform: type with a semicolon': ask({ target: '/n', fields: [['Content-Type', 'Text/Plain;'], ['Cache-Control', 'no-transform']] }),
                'no-transform: with Content-Language': ask({ target: '/n', fields: [['Content-Type', 'Text/Plain'], ['Cache-Control', 'no-transform'], ['Content-Language', 'en']] }),
                'no-transform: with a partition': ask({ target: '/n', fields: [['Content-Type', 'Text/Plain'], ['Cache-Control', 'no-transform']], partition: 'AA==' }),
            },
        });
    const untouched = [['Cache-Control', 'no-transform']];
    vectors.family('6', 'no-transform: JSON', json('{"b":1}', { fields: untouched }), 'nothing is normalized', {
        domain: '06',
        same: {
            'no-transform: before Content-Digest': [json('{"b":1}', { fields: [['Content-Digest', 'x'], ...untouched] }), 'it comes before the rule of digests'],
            'no-transform: opt-ins': json('{"b":1}', { fields: untouched, optIns: ['json-member-order'] }),
        },
        apart: {
            'no-transform: JSON with whitespace': json('{"b": 1}', { fields: untouched }),
            'no-transform: JSON without it': json('{"b":1}'),
            'no-transform: JSON in exact octets': json('{"b":1}', { fields: [['Repr-Digest', '']] }),
        },
    });
    vectors.family('6', 'no-transform: gzip', json(compressed, { fields: [['Content-Encoding', 'gzip'], ...untouched] }), 'the content as received, Content-Encoding as sent', {
        domain: '06',
        apart: {
            'no-transform: gzip in upper case': json(compressed, { fields: [['Content-Encoding', 'GZIP'], ...untouched] }),
            'no-transform: decoded': json('{"a":1}', { fields: untouched }),
            'no-transform: gzip without it': [json(compressed, { fields: [['Content-Encoding', 'gzip']] }), 'the coding is removed', 'coding: none'],
            'no-transform: gzip without its line': json(compressed, { fields: untouched }),
        },
    });

    const digested = (content, ...names) => json(content, { fields: names.map(name => [name, 'x']) });
    vectors.family('6', 'digest: Content-Digest', digested('[ 1 ]', 'Content-Digest'), 'the exact domain, and the octets as received', {
        domain: '00',
        same: {
            'digest: Repr-Digest': digested('[ 1 ]', 'Repr-Digest'),
            'digest: Signature-Input': digested('[ 1 ]', 'signature-input'),
            'digest: empty': [json('[ 1 ]', { fields: [['Content-Digest', '']] }), 'be it empty'],
            'digest: all': digested('[ 1 ]', 'Content-Digest', 'Repr-Digest', 'Signature-Input', 'Signature'),
            'digest: media type with spaces': [send('Application/JSON ;', '[ 1 ]', { fields: [['Repr-Digest', 'x']] }), 'the media type is in its middle form'],
            'digest: opt-ins': json('[ 1 ]', { fields: [['Repr-Digest', 'x']], optIns: ['json-member-order'] }),
        },
        apart: {
            'digest: other whitespace': digested('[1 ]', 'Content-Digest'),
            'digest: Signature alone': [digested('[ 1 ]', 'Signature'), 'without Signature-Input it covers nothing'],
            'digest: Want-Content-Digest': [digested('[ 2 ]', 'Want-Content-Digest'), 'another field'],
        },
    });
    vectors.family('6', 'digest: gzip', json(compressed, { fields: [['Content-Encoding', 'gzip'], ['Content-Digest', 'x']] }), 'the coding is not removed', {
        domain: '00',
        apart: { 'digest: decoded': digested('{"a":1}', 'Content-Digest'), 'digest: gzip in upper case': json(compressed, { fields: [['Content-Encoding', 'GZIP'], ['Content-Digest', 'x']] }) },
    });

    for (const type of ['application/jsonl', 'application/json-seq', 'application/x-ndjson', 'application/xml', 'application/sql', 'application/graphql',
        'text/json', 'application/x-www-form-urlencoded', 'application/jsonpath', 'application/json+xml', 'application/vnd.json', 'x/+jso', 'json/application'])
        vectors.family('6', `exact: ${type}`, send(type, '[1]'), 'no normalizer is there for it', {
            domain: '00',
            apart: { [`exact: ${type} with whitespace`]: send(type, '[1] ') },
            apartDomain: '00',
        });
    vectors.family('6', 'exact: no Content-Type', ask({ content: 'WzFd' }), 'the media type is not in its middle form', { domain: '00', apart: { 'exact: no Content-Type, whitespace': ask({ content: 'WzFdIA==' }) }, apartDomain: '00' });
    vectors.family('6', 'exact: two Content-Types', ask({ content: 'WzFd', fields: [['Content-Type', 'application/json'], ['Content-Type', 'application/json']] }),
        'the media type is not in its middle form', { domain: '00' });
    vectors.family('6', 'exact: charset twice', send('application/json;charset=utf-8;charset=utf-8', '[1]'), 'the media type is not in its middle form', { domain: '00' });
    vectors.family('6', 'exact: opt-in of another type', send('text/plain', 'b=1&a=2', { optIns: ['form-escapes', 'form-pair-order', 'json-member-order'] }), 'no normalizer is there for it', {
        domain: '00', same: { 'exact: no opt-in': send('text/plain', 'b=1&a=2') },
    });
    vectors.family('6', 'exact: invalid UTF-8', send('text/plain', Buffer.from([0xff])), 'octets, not characters', {
        domain: '00',
        apart: {
            'exact: other invalid UTF-8': send('text/plain', Buffer.from([0xfe])),
            'exact: replacement character': send('text/plain', '\ufffd'),
            'exact: byte order mark': send('text/plain', '\ufeff\ufffd'),
        },
    });
}
