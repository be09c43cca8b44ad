// Section 9: the key of a resource.

import { ask } from './builder.mjs';

export function addResource(vectors) {
    const to = (target, changes) => ask({ target, resource: true, ...changes });
    const at = (authority, scheme = 'https') => to('/q', { authority, scheme });
    const named = (prefix, targets, why) => Object.fromEntries(targets.map(target => [`${prefix}: ${target}`, why ? [to(target), why] : to(target)]));
    const family = (name, target, why, same, apart = []) =>
        vectors.family('9', `resource: ${name}`, to(target), why, { same: named(`resource: ${name}`, same), apart: named(`resource: ${name}`, apart) });

    vectors.family('9', 'resource: https://a.test/q', at('a.test'), 'one key for all spellings of scheme, host and port', {
        same: Object.fromEntries(['A.TEST', 'a.test:', 'a.test:443', 'a.test:0443', 'a.test:000', 'a.test.', 'a.test.:443', 'u@a.test', 'u:p@x@a.test:443', '%61.test', 'a%2Etest'].map(authority => [`resource: authority ${authority}`, at(authority)])),
        apart: Object.fromEntries([
            ...['a.test:80', 'a.test:8443', 'a.test..', 'b.test', '', 'a.test:x', 'a.test:443x', 'a.test:443:443'].map(authority => [`resource: authority ${authority || 'empty'}`, at(authority)]),
            ['resource: http', at('a.test', 'http')],
            ['resource: wss', at('a.test', 'wss')],
            ['resource: a primary key', [ask(), 'a primary key is no key of a resource', 'method: QUERY']],
        ]),
    });
    vectors.family('9', 'resource: HTTPS', at('a.test', 'HTTPS'), 'the scheme is in lower case', { sameAs: 'resource: https://a.test/q', same: { 'resource: HTTPS and :443': at('a.test:443', 'Https'), 'resource: absolute form': to('https://A.test/q') } });
    for (const [scheme, port] of [['http', '80'], ['ws', '80'], ['wss', '443']])
        vectors.family('9', `resource: ${scheme} and its port`, at(`b.test:${port}`, scheme), 'the default ports', { same: { [`resource: ${scheme} and no port`]: at('b.test', scheme) }, apart: { [`resource: ${scheme} and another port`]: at('b.test:81', scheme) } });
    vectors.family('9', 'resource: another scheme', at('b.test', 'x'), 'no default port but the empty one', { same: { 'resource: another scheme, empty port': at('b.test:', 'x') }, apart: { 'resource: another scheme, 80': at('b.test:80', 'x') } });
    vectors.family('9', 'resource: 8080', at('b.test:8080', 'http'), 'leading zeros are dropped', { same: { 'resource: 08080': at('b.test.:008080', 'http') } });
    vectors.family('9', 'resource: [::1]', at('[::1]'), 'a port follows the last : that is not before a ]', { same: { 'resource: [::1]:443': at('[::1]:443') }, apart: { 'resource: [::1:443]': at('[::1:443]'), 'resource: ::1': at('::1') } });
    vectors.family('9', 'resource: É.test', to('/q', { authority: '\xc3\x89.test' }), 'folded', { same: { 'resource: é.test': to('/q', { authority: '\xc3\xa9.test' }) } });

    family('root', '/', 'empty and dot segments are dropped; an empty path is one /', ['', '//', '/.', '/..', '/../..', '/x/..', '/%2e', '/?', '?', '/#a', '#', '\\'], ['/x', '/?a', '/...', '/ ']);
    family('/rfcs/5', '/rfcs/5', 'ASP.NET Core takes these for one path', ['/RFCS/5', '/rfcs/5/', '/rfcs//5', '/./rfcs/5', '/rfcs/x/../5', '/%72fcs/5', '/%52FCS/%35/', '/rfcs%2F5', '/rfcs%2f5', '/rfcs%5C5', '/rfcs\\5', '/rfcs/5#x', '/rfcs/5?#', 'rfcs/5', '/rfcs/%2e/5', '/rfcs/.%2E/rfcs/5'], ['/rfcs/5/6', '/rfcs5', '/rfcs/5;', '/rfcs', '/rfcs/5?x', '/rfcs/5.', '/rfcs/%205']);
    family('twice escaped', '/a%252Fb', 'the server leaves %2F, so both are one path there', ['/a%2Fb', '/a/b', '/a%25252fb', '/%2561/b', '/a%25%32Fb']);
    family('empty segment before ..', '/c//../d', 'dot segments first', ['/c/d', '/c/./d']);
    family('escaped slash before ..', '/a%2Fx/../c', 'what ASP.NET Core sees comes first: the segment a%2Fx is dropped whole', ['/c', '/a%252Fx/../c', '/a\\x/../c', '/%252e%252e/../c', '/a%5Cx/../c']);
    family('escaped dots behind an escaped slash', '/a%2F..%2Fd', 'dot segments are dropped again', ['/d', '/a%252F%252e%252e%252Fd']);
    family('broken escapes', '/%zz%', 'they stay', ['/%ZZ%', '/%25zz%25'], ['/%zz%2', '/zz']);
    family('escape that completes another', '/%2%35', 'until no escape is left', ['/%25', '/%', '/%2525'], ['/5']);
    family('CAFÉ', '/CAF%C3%89', 'routing compares letters beyond ASCII without case, too', ['/caf%C3%A9', '/caf%c3%a9', '/CAF\xc3\x89', '/caf\xc3\xa9/'], ['/cafe', '/cafe%CC%81', '/caf%E9']);
    family('broken UTF-8', '/%FF%C3%89%C3', 'other bytes stay, valid sequences are folded', ['/%ff%C3%A9%c3', '/%25FF%C3%89%25c3'], ['/%FE%C3%89%C3', '/%FF%C3%89%E3']);
    family('overlong', '/%C0%AE%C0%AE/a', 'it is no dot', ['/%c0%ae%C0%AE/A'], ['/a']);
    family('letters', '/' + encodeURIComponent('ΣЖǅᾈẞÅΩK'), 'simple mappings, upper and then lower', ['/' + encodeURIComponent('σжǆᾀßåωk'), '/' + encodeURIComponent('ςЖǄᾈẞÅΩK')], ['/' + encodeURIComponent('σжǆᾀssåωk')]);
    family('dotless i and long s', '/' + encodeURIComponent('ıſ'), 'excepted', [], ['/is', '/' + encodeURIComponent('İſ')]);
    family('dotted I', '/' + encodeURIComponent('İ'), 'it has no simple lower case but with a dot', [], ['/i', '/i%CC%87']);
    family('beyond U+FFFF', '/' + encodeURIComponent('\u{10400}'), 'all are one', ['/' + encodeURIComponent('\u{10428}'), '/' + encodeURIComponent('😀')], ['/' + encodeURIComponent('\uffff')]);

    family('query', '/s?a=%41%20b', 'resolved and folded, + as a space', ['/s?a=A+b', '/s?A=a%2520b', '/s?a=a%20b#c', '/s/?a=a+b', '/S?%61=a+b'], ['/s?a=Ab', '/s?a=A%2Bb', '/s?a=A+b&', '/s?b=A+b', '/s', '/s??a=A+b']);
    family('query with dots', '/s?/../a', 'no path', ['/s?%2F..%2Fa'], ['/s?/a', '/s?a']);
    family('query order', '/s?a&b', 'it keeps its order', [], ['/s?b&a', '/s?a&&b']);
    family('fragment before the query', '/t#a?b', 'the path had a #', ['/t', '/t%23a?b', '/t%2523a?c', '/t?#a?b'], ['/t%3Fb', '/t?b']);
    family('escaped ?', '/s%3Fb', 'of the path', ['/S%3fB', '/s%253Fb']);
    vectors.family('9', 'resource: text', to('/é', { text: true }), 'text counts in UTF-8', { same: { 'resource: as bytes': to('/\xc3\x89'), 'resource: escaped': to('/%C3%A9') } });
}
