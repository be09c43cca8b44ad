// Sections 1 to 3: the notation, the method and the target.

import { ask, send } from './builder.mjs';

export function addTarget(vectors) {
    const to = (target, changes) => ask({ target, ...changes });
    const at = (authority, scheme = 'https') => ask({ authority, scheme });
    const asReceived = 'byte for byte as the reader receives it';

    vectors.family('3', 'method: QUERY', ask(), 'the smallest request: no header and no content', {
        domain: '00',
        same: {
            'method: query': [ask({ method: 'query' }), 'the method is in upper case'],
            'method: Query': [ask({ method: 'Query' }), 'the method is in upper case'],
            'content: empty': [ask({ content: '' }), 'no content is the same as empty content'],
            'fields: others do not count': [ask({ fields: [['Accept', 'text/csv'], ['Authorization', 'x'], ['Cookie', 'a=b'], ['Content-Length', '0'], ['X-Forwarded-Host', 'b.test']] }),
                'all other headers count through Vary only; routing headers where the cache adds them'],
        },
        apart: {
            'method: GET': ask({ method: 'GET' }),
            'method: QUERYX': ask({ method: 'QUERYX' }),
            'method: byte from 0x80': [ask({ method: '\xe4' }), 'only A to Z and a to z have a case'],
            'scheme: http': ask({ scheme: 'http' }),
            'scheme: HTTPS': [ask({ scheme: 'HTTPS' }), asReceived],
            'scheme: wss': [ask({ scheme: 'wss' }), 'wss is not https'],
            'scheme: ws': ask({ scheme: 'ws' }),
            'boundary: method and scheme': [ask({ method: 'QUERYH', scheme: 'ttps' }), 'every part has its length before it'],
            'boundary: scheme and authority': [ask({ scheme: 'httpsa', authority: '.test' }), 'every part has its length before it'],
            'boundary: authority and target': [ask({ authority: 'a.test/q', target: '/' }), 'every part has its length before it'],
            'authority: A.test': [at('A.test'), asReceived],
            'authority: empty port': [at('a.test:'), asReceived],
            'authority: default port of https': [at('a.test:443'), asReceived],
            'authority: another port': at('a.test:8443'),
            'authority: port with a zero before it': at('a.test:0443'),
            'authority: dot at the end': at('a.test.'),
            'authority: user': at('u@a.test'),
            'authority: space before it': [at(' a.test'), 'only header lines lose white space'],
            'authority: %61.test': at('%61.test'),
            'authority: empty': [at(''), 'absent and empty are both empty'],
            'partition: empty': [ask({ partition: '' }), 'absent is not empty'],
            'partition: user': ask({ partition: 'dXNlcg==' }),
            'content: one byte': [ask({ content: 'AA==' }), 'content counts without a Content-Type'],
        },
    });
    vectors.family('3', 'method: byte from 0x80, other case', ask({ method: '\xc4' }), 'only A to Z and a to z have a case');
    vectors.family('3', 'authority: [::1]', at('[::1]', 'http'), asReceived, {
        apart: { 'authority: [::1]:80': at('[::1]:80', 'http'), 'authority: [0::1]': at('[0::1]', 'http'), 'authority: ::1': at('::1', 'http') },
    });
    vectors.family('3', 'authority: 80 of http', at('a.test:80', 'http'), asReceived, { apart: { 'authority: none of http': [at('a.test', 'http'), asReceived, 'scheme: http'] } });

    vectors.family('3', 'target: /', to('/'), asReceived, {
        apart: {
            'target: empty': to(''),
            'target: /.': to('/.'),
            'target: /x/..': to('/x/..'),
            'target: //': to('//'),
            'target: /?': to('/?'),
            'target: *': [to('*'), 'all other targets stay'],
            'target: space before it': to(' /'),
        },
    });
    const spellings = ['/a/./b', '/a//b', '/a/b/', '/a/x/../b', '/a//../a/b', '/a/;/../b', '/%61/b', '/a%2Fb', '/a%2fb', '/a%252Fb', '/a\\b', '/A/b', '/a/b?', '/a/b#c', '/a/b;', '/a/%2e%2e/a/b', '/a/b%', '/a/b%20', '/a/b+'];
    vectors.family('3', 'target: /a/b', to('/a/b'), asReceived, { apart: Object.fromEntries(spellings.map(target => [`target: ${target}`, to(target)])) });
    vectors.family('3', 'target: query', to('/s?a=%41&b=/../c'), asReceived, {
        apart: {
            'target: query, resolved': to('/s?a=A&b=/../c'),
            'target: query, other order': to('/s?b=/../c&a=%41'),
            'target: query, case of digits': to('/s?a=%41&b=%2f'),
            'target: query, case of digits, upper': to('/s?a=%41&b=%2F'),
            'target: query, + and %20': to('/s?a=+'),
            'target: query, %20': to('/s?a=%20'),
            'target: query, two marks': to('/s??a=%41&b=/../c'),
        },
    });
    vectors.family('3', 'target: bytes from 0x80', to('/\xc3\xa9'), asReceived, { apart: { 'target: escaped bytes': to('/%C3%A9'), 'target: escaped bytes, lower case': to('/%c3%a9') } });

    const absolute = 'a target in absolute form is brought into origin form, and its authority replaces Host';
    vectors.family('3', 'absolute: origin form', ask({ authority: 'b.test', target: '/x?y' }), absolute, {
        same: {
            'absolute: https': to('https://b.test/x?y'),
            'absolute: another scheme': [to('http://b.test/x?y'), 'the scheme is the one that the reader sees'],
            'absolute: Host of the same name': to('https://b.test/x?y', { authority: 'b.test' }),
            'absolute: HTTPS': to('HTTPS://b.test/x?y'),
        },
        apart: {
            'absolute: case of the host': [to('https://B.test/x?y'), asReceived],
            'absolute: port': to('https://b.test:443/x?y'),
            'absolute: user': to('https://u@b.test/x?y'),
            'absolute: seen as http': to('https://b.test/x?y', { scheme: 'http' }),
            'absolute: in the path': [to('/https://b.test/x?y'), 'a target that begins with / is in origin form'],
        },
    });
    vectors.family('3', 'absolute: no path', to('https://b.test'), 'the rest is the target, with a / put before it', {
        same: { 'absolute: root': to('https://b.test/'), 'absolute: root in origin form': ask({ authority: 'b.test', target: '/' }) },
    });
    vectors.family('3', 'absolute: query alone', to('https://b.test?y'), 'the rest is the target, with a / put before it', {
        same: { 'absolute: query alone in origin form': ask({ authority: 'b.test', target: '/?y' }) },
    });
    vectors.family('3', 'absolute: dots', to('https://b.test/a/../b'), asReceived, { same: { 'absolute: dots in origin form': ask({ authority: 'b.test', target: '/a/../b' }) }, apart: { 'absolute: no dots': to('https://b.test/b') } });

    const german = { authority: 'ä.test', target: '/ö', fields: [['Content-Type', 'text/plain;a="€😀"']] };
    const utf8 = text => Buffer.from(text).toString('latin1');
    vectors.family('1', 'text: in UTF-8', ask({ ...german, text: true }), 'text counts in UTF-8', {
        same: { 'text: as bytes': ask({ authority: utf8('ä.test'), target: utf8('/ö'), fields: [['Content-Type', utf8('text/plain;a="€😀"')]] }) },
        apart: { 'text: in Latin-1': send('text/plain;a="?"', '', { authority: 'ä.test', target: '/ö' }) },
    });
}
