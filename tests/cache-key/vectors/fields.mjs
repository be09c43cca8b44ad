// Section 4: header lines that count.

import { ask, send } from './builder.mjs';

export function addFields(vectors) {
    const typed = (...types) => ask({ fields: types.map(type => ['Content-Type', type]) });
    const types = ['text/plain;', 'Text/plain', 'text/PLAIN', 'text/plain ;', 'text/plain;a=b', 'text/plain; a=b', 'text/plain;a="b"', 'text/plain;A=b', 'text/plain;charset=utf-8', 'text/plain;charset=UTF-8', 'text/plain; charset=utf-8',
        'text/plain;charset="utf-8"', 'text/plain;charset=utf8', 'text/plain;a=1;b=2', 'text/plain;b=2;a=1', 'text/plain, text/plain', 'text/plain x', 'text/plain;a', 'text/plain;\x01', 'textplain', ''];
    vectors.family('4', 'type: text/plain', typed('text/plain'), 'the line as received', {
        domain: '00',
        same: {
            'type: spaces and tabs around it': [typed(' \ttext/plain \t'), 'a line counts without the spaces and tabs around it'],
            'type: name of the header': [ask({ fields: [['content-TYPE', 'text/plain']] }), 'header names compare in lower case'],
        },
        apart: {
            ...Object.fromEntries(types.map(type => [`type: ${type || 'empty'}`, typed(type)])),
            'type: absent': [ask({ fields: [['Content-Typ', 'text/plain']] }), 'absent is not empty', 'method: QUERY'],
            'type: two lines': [typed('text/plain', 'text/plain'), 'the number of lines counts'],
            ...Object.fromEntries([['vertical tab', '\x0b'], ['form feed', '\x0c'], ['line feed', '\n'], ['carriage return', '\r'], ['NUL', '\0'], ['0xA0', '\xa0'], ['0x85', '\x85']].flatMap(([name, byte]) => [
                [`type: ${name} at the end`, [typed('text/plain' + byte), 'no other byte is white space']],
                [`type: ${name} at the start`, typed(byte + 'text/plain')],
            ])),
        },
    });
    vectors.family('4', 'type: white space alone', typed(' \t'), 'a line counts without the spaces and tabs around it', { sameAs: 'type: empty' });
    vectors.family('4', 'type: two lines in order', typed('a/b', 'c/d'), 'lines are taken in order',
        { apart: { 'type: two lines, other order': typed('c/d', 'a/b'), 'type: two lines joined': typed('a/b, c/d'), 'type: lines, boundary': typed('a/', 'bc/d') } });

    const field = (...fields) => ask({ target: '/f', fields });
    vectors.family('4', 'language: none', field(), 'absent is not empty', {
        apart: {
            'language: empty': field(['Content-Language', '']),
            'location: empty': field(['Content-Location', '']),
            'encoding: empty': field(['Content-Encoding', '']),
            'language: en': field(['Content-Language', 'en']),
            'language: EN': field(['Content-Language', 'EN']),
            'location: en': [field(['Content-Location', 'en']), 'each header has its place'],
            'encoding: en': field(['Content-Encoding', 'en']),
        },
    });
    vectors.family('4', 'language: one line', field(['Content-Language', 'en, de']), 'lines are not joined', {
        same: { 'language: trimmed': field(['CONTENT-LANGUAGE', '\ten, de ']) },
        apart: {
            'language: two lines': field(['Content-Language', 'en'], ['Content-Language', 'de']),
            'language: two lines, other order': field(['Content-Language', 'de'], ['Content-Language', 'en']),
            'language: no space': field(['Content-Language', 'en,de']),
        },
    });
    vectors.family('4', 'location: and language', field(['Content-Location', '/a'], ['Content-Language', 'en']), 'the order of different headers does not count', {
        same: { 'location: and language, other order': field(['Content-Language', 'en'], ['Content-Location', '/a']) },
        apart: { 'location: and language, exchanged': field(['Content-Language', '/a'], ['Content-Location', 'en']) },
    });
    vectors.family('4', 'location: as received', field(['Content-Location', '/a/../b']), 'as received', { apart: { 'location: without dots': field(['Content-Location', '/b']), 'location: 0xA0': field(['Content-Location', '/b\xa0']) } });

    const routed = (...routing) => ask({ target: '/r', routing });
    vectors.family('4', 'routing: none', routed(), 'requests without routing headers', {
        same: { 'routing: not added': [ask({ target: '/r', fields: [['X-Forwarded-Host', 'b.test']] }), 'which headers these are is the choice of the cache'] },
        apart: {
            'routing: empty line': [routed(['X-Forwarded-Host', '']), 'absent is not empty'],
            'routing: host': routed(['X-Forwarded-Host', 'b.test']),
            'routing: other host': routed(['X-Forwarded-Host', 'c.test']),
            'routing: case of the value': routed(['X-Forwarded-Host', 'B.test']),
            'routing: other name': routed(['X-Host', 'b.test']),
            'routing: method': routed(['X-HTTP-Method-Override', 'DELETE']),
            'routing: two lines': routed(['X-Forwarded-Host', 'b.test'], ['X-Forwarded-Host', 'b.test']),
            'routing: joined': routed(['X-Forwarded-Host', 'b.test, b.test']),
            'routing: as Content-Location': ask({ target: '/r', fields: [['Content-Location', 'b.test']] }),
            'routing: boundary of name and value': routed(['X-Hostb', '.test']),
            'routing: white space': routed(['X-Host', '\x0bb.test']),
        },
    });
    vectors.family('4', 'routing: names', routed(['Forwarded', 'host=b'], ['X-Forwarded-Host', 'b'], ['X-Forwarded-Host', 'c'], ['X-Host', 'd']), 'names are in lower case, each once, in byte order; the lines of a name in the order received', {
        same: { 'routing: names, other order': routed(['x-HOST', ' d\t'], ['X-FORWARDED-HOST', 'b'], ['forwarded', 'host=b'], ['x-forwarded-host', 'c']) },
        apart: {
            'routing: lines, other order': routed(['Forwarded', 'host=b'], ['X-Forwarded-Host', 'c'], ['X-Forwarded-Host', 'b'], ['X-Host', 'd']),
            'routing: values exchanged': routed(['Forwarded', 'd'], ['X-Forwarded-Host', 'b'], ['X-Forwarded-Host', 'c'], ['X-Host', 'host=b']),
            'routing: one line elsewhere': routed(['Forwarded', 'host=b'], ['X-Forwarded-Host', 'b'], ['X-Host', 'c'], ['X-Host', 'd']),
        },
    });
    vectors.family('4', 'routing: shorter name first', routed(['x', '1'], ['x-a', '2'], ['xa', '3']), 'a shorter text comes before a longer one that begins with it', {
        same: { 'routing: shorter name first, other order': routed(['XA', '3'], ['X-A', '2'], ['X', '1']) },
    });
    vectors.family('4', 'routing: no claim about it', send('application/json', '[1]', { routing: [['X-Host', 'a']], claims: ['json-spelling'] }), 'claims are about content', {
        domain: '01', apart: { 'routing: no claim, other value': send('application/json', '[1]', { routing: [['X-Host', 'A']], claims: ['json-spelling'] }) },
    });
}
