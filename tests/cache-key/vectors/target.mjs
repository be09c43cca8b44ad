// Sections 2 and 3: what goes into the key, the method and the target.

import { ask } from './builder.mjs';

export function addTarget(vectors) {
    const to = (target, changes) => ask({ target, ...changes });
    const at = (authority, scheme = 'https') => ask({ authority, scheme });

    vectors.family('3', 'method: QUERY', ask(), 'the smallest request: no field and no content', {
        domain: '00',
        same: {
            'method: query': [ask({ method: 'query' }), 'the method is in upper case'],
            'method: Query': [ask({ method: 'Query' }), 'the method is in upper case'],
            'scheme: HTTPS': [ask({ scheme: 'HTTPS' }), 'the scheme is in lower case'],
            'authority: A.Test': [at('A.Test'), 'the authority is in lower case'],
            'authority: empty port': [at('a.test:'), 'an empty port is dropped with its colon'],
            'authority: default port of https': [at('a.test:443'), ':443 of https is dropped'],
            'authority: A.TEST:443 of HTTPS': [at('A.TEST:443', 'HTTPS'), 'the scheme counts in lower case here, too'],
            'content: empty': [ask({ content: '' }), 'no content is the same as empty content'],
            'fields: others do not count': [ask({ fields: [['Accept', 'text/csv'], ['Authorization', 'x'], ['Cookie', 'a=b'], ['Content-Length', '0']] }),
                'only the fields of section 2 are in the key'],
        },
        apart: {
            'method: GET': ask({ method: 'GET' }),
            'method: QUERYX': ask({ method: 'QUERYX' }),
            'method: octets from 0x80': [ask({ method: '\xe4' }), 'only A to Z and a to z have a case'],
            'scheme: http': ask({ scheme: 'http' }),
            'boundary: method and scheme': [ask({ method: 'QUERYH', scheme: 'ttps' }), 'every part has its length before it'],
            'boundary: scheme and authority': [ask({ scheme: 'httpsa', authority: '.test' }), 'every part has its length before it'],
            'boundary: authority and path': [ask({ authority: 'a.test/q', target: '/' }), 'every part has its length before it'],
            'authority: another port': at('a.test:8443'),
            'authority: port of the other scheme': [at('a.test:80'), ':80 is of http alone'],
            'authority: port with a zero before it': [at('a.test:0443'), 'only these digits are the default port'],
            'authority: dot at the end': at('a.test.'),
            'authority: user': at('u@a.test'),
            'authority: dropped once': [at('a.test:443:443'), 'with another colon before it, none begins a port'],
            'authority: two colons': [at('a.test::'), 'with another colon before it, none begins a port'],
            'partition: empty': [ask({ partition: '' }), 'absent is not empty'],
            'partition: user': ask({ partition: 'dXNlcg==' }),
            'content: one octet': [ask({ content: 'AA==' }), 'content counts without a Content-Type'],
        },
    });
    vectors.family('3', 'method: octets from 0x80, other case', ask({ method: '\xc4' }), 'only A to Z and a to z have a case');

    vectors.family('3', 'authority: http', at('a.test', 'http'), 'the default ports', {
        sameAs: 'scheme: http',
        same: { 'authority: default port of http': at('a.test:80', 'http'), 'authority: empty port of http': at('a.test:', 'http') },
        apart: { 'authority: 443 of http': at('a.test:443', 'http'), 'authority: 8080 of http': at('a.test:8080', 'http') },
    });
    vectors.family('3', 'authority: address in brackets', at('[::1]', 'http'), 'a port is looked for behind the bracket', {
        same: { 'authority: brackets and :80': at('[::1]:80', 'http'), 'authority: brackets and empty port': at('[::1]:', 'http') },
        apart: {
            'authority: 80 within brackets': at('[::1:80]', 'http'),
            'authority: address without brackets': [at('::1', 'http'), 'with another colon before it, none begins a port'],
            'authority: no brackets, :80': [at('::1:80', 'http'), 'with another colon before it, none begins a port'],
        },
    });
    vectors.family('3', 'authority: octet 0xE4', at('\xe4.test'), 'only A to Z and a to z have a case',
        { apart: { 'authority: octet 0xC4': at('\xc4.test'), 'authority: escaped octet': at('%E4.test') } });
    vectors.family('3', 'authority: escape', at('%61.test'), 'escapes of the authority are not resolved; lower case', { same: { 'authority: ESCAPE': at('%61.TEST') } });
    vectors.family('3', 'authority: empty', at(''), 'an empty authority', { same: { 'authority: colon alone': at(':') } });

    vectors.family('3', 'path: root', to('/'), 'an empty path becomes /, and dot segments are removed', {
        same: {
            'path: empty': to(''),
            'path: /.': to('/.'),
            'path: /..': to('/..'),
            'path: /./': to('/./'),
            'path: /../': to('/../'),
            'path: /a/..': to('/a/..'),
            'path: /a/../..': to('/a/../..'),
            'path: /a/../../': to('/a/../../'),
            'path: escaped dot': [to('/%2e'), 'an escaped dot is resolved before dot segments are removed'],
            'path: escaped dots': [to('/a/%2E%2e'), 'an escaped dot is resolved before dot segments are removed'],
            'path: half escaped dots': [to('/a/.%2e/'), 'an escaped dot is resolved before dot segments are removed'],
        },
        apart: {
            'path: //': [to('//'), 'empty segments stay'],
            'path: /...': [to('/...'), 'three dots are a name'],
            'path: asterisk': [to('*'), 'a path that does not begin with / keeps its form'],
            'path: .': [to('.'), 'dot segments are removed only where the path begins with /'],
        },
    });
    vectors.family('3', 'path: /a/b', to('/a/b'), 'dot segments', {
        same: {
            'path: /a/./b': to('/a/./b'),
            'path: /a/c/../b': to('/a/c/../b'),
            'path: /../a/b': to('/../a/b'),
            'path: /a//../b': [to('/a//../b'), 'an empty segment is one segment'],
            'path: escaped letters': [to('/%61/%62'), 'escapes of letters are resolved'],
        },
        apart: {
            'path: /a/b/': to('/a/b/'),
            'path: /a//b': [to('/a//b'), 'empty segments stay'],
            'path: /A/b': [to('/A/b'), 'the path keeps its case'],
            'path: /a%2Fb': [to('/a%2Fb'), 'an escaped slash is none'],
            'path: /a%5Cb': to('/a%5Cb'),
            'path: /a\\b': to('/a\\b'),
            'path: /a;x/b': to('/a;x/b'),
            'path: fragment': [to('/a/b#c'), 'every octet up to the ? is of the path'],
        },
    });
    vectors.family('3', 'path: /a/b/ by dots', to('/a/b/.'), 'a dot at the end leaves its slash',
        { sameAs: 'path: /a/b/', same: { 'path: /a/b/ by two dots': to('/a/b/c/..') } });
    vectors.family('3', 'path: //a', to('//a'), 'empty segments stay', { same: { 'path: //b/../a': to('//b/../a') }, apart: { 'path: //..//a': to('/b//..//a') } });
    vectors.family('3', 'path: %2f', to('/%2f'), 'hexadecimal digits are in upper case', {
        same: { 'path: %2F': to('/%2F') },
        apart: {
            'path: %252f': [to('/%252f'), 'a resolved % would begin another escape'],
            'path: %252F': [to('/%252F'), 'what is no escape keeps its case'],
        },
    });
    vectors.family('3', 'path: unreserved', to('/AZaz09-._~'), 'letters, digits, - . _ ~ are resolved', {
        same: { 'path: unreserved, escaped': to('/%41%5A%61%7a%30%39%2D%2e%5f%7E') },
    });
    vectors.family('3', 'path: others of ASCII', to("/!$&'()*+,;=:@"), 'nothing else is resolved',
        { apart: { 'path: others of ASCII, escaped': to('/%21%24%26%27%28%29%2A%2B%2C%3B%3D%3A%40') } });
    vectors.family('3', 'path: escaped octets from 0x80', to('/%c3%a9%ff'), 'nothing else is resolved',
        { same: { 'path: escaped octets from 0x80, upper': to('/%C3%A9%FF') }, apart: { 'path: octets from 0x80': to('/\xc3\xa9\xff') } });
    vectors.family('3', 'path: escaped %25', to('/%25'), 'a path with a broken escape stays as it came', {
        apart: {
            'path: %2%35': [to('/%2%35'), 'resolved, it would become %25'],
            'path: %': to('/%'),
            'path: %2': to('/%2'),
            'path: %%32%35': to('/%%32%35'),
            'path: %zz': to('/%zz'),
        },
    });
    vectors.family('3', 'path: broken escape and letters', to('/%4g%41/../b'), 'a path with a broken escape stays as it came, dot segments too', {
        apart: { 'path: broken escape, A': to('/%4gA/../b'), 'path: broken escape, no dots': to('/b') },
    });
    vectors.family('3', 'path: relative', to('a/%41/../b'), 'dot segments are removed only where the path begins with /',
        { same: { 'path: relative, resolved': to('a/A/../b') }, apart: { 'path: relative, removed': to('a/b') } });

    vectors.family('3', 'query: none', to('/s'), 'absent is not empty', {
        apart: {
            'query: empty': to('/s?'),
            'query: a': to('/s?a'),
            'query: escaped mark': [to('/s%3F'), 'an escaped ? is of the path'],
        },
    });
    vectors.family('3', 'query: octet by octet', to('/s?a=%41&b=/../c'), 'the query is not normalized', {
        same: { 'query: path before it is normalized': [to('/x/../s?a=%41&b=/../c'), 'the path is, up to the ?'] },
        apart: {
            'query: resolved': to('/s?a=A&b=/../c'),
            'query: without dots': to('/s?a=%41&b=/c'),
            'query: other order': to('/s?b=/../c&a=%41'),
            'query: upper case': to('/s?A=%41&b=/../c'),
        },
    });
    vectors.family('3', 'query: %2f', to('/s?%2f'), 'the query is not normalized', { apart: { 'query: %2F': to('/s?%2F') } });
    vectors.family('3', 'query: second mark', to('/s?a?b'), 'the target is cut at its first ?',
        { apart: { 'query: mark in the path': to('/s%3Fa?b'), 'query: boundary': to('/sa?b'), 'query: two marks': to('/s??a?b') } });
    vectors.family('3', 'query: of an empty path', to('?a'), 'an empty path becomes /', { same: { 'query: of the root': to('/?a') } });
    vectors.family('3', 'query: of the asterisk', to('*?a'), 'the target is cut at its first ?');
    vectors.family('3', 'query: broken escape', to('/%61?%'), 'a broken escape in the query does not touch the path', { same: { 'query: broken escape, path resolved': to('/a?%') } });
    vectors.family('3', 'query: octets from 0x80', to('/s?\xc3\xa9'), 'the query is not normalized', { apart: { 'query: escaped octets': to('/s?%C3%A9') } });
}
