// Section 4: media type, and the field lines of section 2 that are taken as they are.

import { ask, send } from './builder.mjs';

export function addMediaType(vectors) {
    const typed = (...types) => ask({ fields: types.map(type => ['Content-Type', type]) });

    vectors.family('4', 'type: text/plain', typed('text/plain'), 'type and subtype are in lower case, empty parameters are none', {
        domain: '00',
        same: {
            'type: Text/PLAIN': typed('Text/PLAIN'),
            'type: whitespace around it': typed(' \ttext/plain \t'),
            'type: semicolon at the end': typed('text/plain;'),
            'type: semicolons': typed('text/plain ; ;\t;; '),
            'type: name of the field': [ask({ fields: [['content-TYPE', 'text/plain']] }), 'field names compare without case'],
        },
        apart: {
            'type: text/plain2': typed('text/plain2'),
            'type: absent': [ask({ fields: [['Content-Typ', 'text/plain']] }), 'without the field', 'method: QUERY'],
            'type: with a parameter': typed('text/plain;a=b'),
            'type: empty line': [typed(''), 'one line, which does not parse'],
            'type: two lines': [typed('text/plain', 'text/plain'), 'two lines are taken as sent'],
            'type: list': [typed('text/plain, text/plain'), 'a list does not parse'],
            'type: no slash': typed('textplain'),
            'type: no subtype': typed('text/'),
            'type: no type': typed('/plain'),
            'type: space within': typed('text /plain'),
            'type: parameter without value': typed('text/plain;a'),
            'type: empty token': typed('text/plain;a='),
            'type: space before =': typed('text/plain;a =b'),
            'type: space behind =': typed('text/plain;a= b'),
            'type: no parameter name': typed('text/plain;=b'),
            'type: two tokens': typed('text/plain;a=b c'),
            'type: open quote': typed('text/plain;a="b'),
            'type: open escape': typed('text/plain;a="b\\'),
            'type: octets behind the quote': typed('text/plain;a="b"c'),
            'type: control character': [typed('text/plain;a="\x01"'), 'a control character does not parse'],
            'type: escaped control character': [typed('text/plain;a="\\\x01"'), 'nor does an escaped one'],
            'type: 0x7F': [typed('text/plain;a="\x7f"'), '0x7F is a control character'],
            'type: escaped 0x7F': typed('text/plain;a="\\\x7f"'),
            'type: octet from 0x80, no quotes': [typed('text/plain;a=\xe9'), 'in quotes alone'],
            'type: octet from 0x80 in the subtype': typed('text/pl\xe4in'),
            'type: octet 0xA0 is no space': typed('text/plain;\xa0'),
        },
    });
    vectors.family('4', 'type: as sent', typed('Text/Plain, text/html'), 'what does not parse keeps its case and spaces', {
        same: { 'type: as sent, trimmed': typed(' Text/Plain, text/html\t') },
        apart: { 'type: as sent, lower case': typed('text/plain, text/html'), 'type: as sent, no space': typed('Text/Plain,text/html') },
    });
    vectors.family('4', 'type: parameters', typed('text/plain;a=1;b=2'), 'parameters are ordered by name, values without quotes', {
        same: {
            'type: parameters, other order': typed('text/plain;b=2;a=1'),
            'type: parameters, quotes': typed('text/plain; a="1" ; b="2"'),
            'type: parameters, escapes': typed('text/plain;a="\\1";b="2"'),
            'type: parameters, upper case names': typed('text/plain;A=1;B=2'),
            'type: parameters, empty ones between': typed('text/plain;;a=1; ;b=2;'),
        },
        apart: {
            'type: parameters, other values': typed('text/plain;a=2;b=1'),
            'type: parameters, one': typed('text/plain;a=1'),
            'type: parameters, a third': typed('text/plain;a=1;b=2;c=3'),
            'type: parameters, twice': [typed('text/plain;a=1;b=2;b=2'), 'a name twice is taken as sent'],
            'type: parameters, twice by case': [typed('text/plain;a=1;A=1;b=2'), 'names compare without case'],
            'type: parameters in one value': typed('text/plain;a="1;b=2"'),
            'type: parameters, boundary': typed('text/plain;a=1b;2=x'),
        },
    });
    vectors.family('4', 'type: order of names', typed('a/b;a=1;aa=2;b=3;~=4;_=5'), 'octet by octet, the shorter first',
        { same: { 'type: order of names, reversed': typed('a/b;~=4;_=5;b=3;aa=2;a=1') } });
    vectors.family('4', 'type: value keeps its case', typed('multipart/mixed;boundary=Ab'), 'values keep their case', {
        apart: { 'type: value in lower case': typed('multipart/mixed;boundary=ab') },
    });
    vectors.family('4', 'type: charset', typed('text/plain;charset=utf-8'), 'the value of charset is in lower case', {
        same: {
            'type: charset UTF-8': typed('text/plain; charset=UTF-8'),
            'type: Charset quoted': typed('text/plain; Charset="Utf-8"'),
        },
        apart: {
            'type: charset utf8': typed('text/plain;charset=utf8'),
            'type: charset absent': [send('text/plain;charset2=utf-8', ''), 'another parameter'],
            'type: charset with a space': typed('text/plain;charset="utf-8 "'),
        },
    });
    vectors.family('4', 'type: charset twice', typed('text/plain;charset=utf-8;charset=utf-16'), 'with charset twice, the order counts', {
        apart: {
            'type: charset twice, other order': typed('text/plain;charset=utf-16;charset=utf-8'),
            'type: charset twice, other case': typed('text/plain;charset=UTF-8;charset=utf-16'),
            'type: charset once': typed('text/plain;charset=utf-16'),
        },
    });
    vectors.family('4', 'type: empty value', typed('a/b;c=""'), 'a quoted string may be empty', { apart: { 'type: quotes as value': typed('a/b;c="\\"\\""') } });
    vectors.family('4', 'type: quoted octets', typed('a/b;c="x\ty\xff\\"\\\\"'), 'tab and octets from 0x80 are allowed in quotes',
        { same: { 'type: quoted octets, escaped': typed('a/b;c="\\x\\\t\\y\\\xff\\"\\\\"') } });
    vectors.family('4', 'type: value of octet 0xC4', typed('a/b;charset="\xc4"'), 'only A to Z have a lower case', { apart: { 'type: value of octet 0xE4': typed('a/b;charset="\xe4"') } });
    vectors.family('4', 'type: characters of a token', typed("a!#$%&'*+-.^_`|~9/z;x=!#$%&'*+-.^_`|~9"), 'all characters of a token', {
        same: { 'type: characters of a token, quoted': typed("a!#$%&'*+-.^_`|~9/z;x=\"!#$%&'*+-.^_`|~9\"") },
    });
    vectors.family('4', 'type: two lines in order', typed('a/b', 'c/d'), 'lines are taken in order',
        { apart: { 'type: two lines, other order': typed('c/d', 'a/b'), 'type: two lines joined': typed('a/b, c/d'), 'type: lines, boundary': typed('a/', 'bc/d') } });

    const field = (...fields) => ask({ target: '/f', fields });
    vectors.family('2', 'language: none', field(), 'language and location are taken as they are', {
        apart: {
            'language: empty': [field(['Content-Language', '']), 'absent is not empty'],
            'location: empty': field(['Content-Location', '']),
            'encoding: empty': [field(['Content-Encoding', '']), 'an empty line of Content-Encoding is no coding to remove'],
            'language: en': field(['Content-Language', 'en']),
            'language: EN': field(['Content-Language', 'EN']),
            'location: en': [field(['Content-Location', 'en']), 'each field has its place'],
            'encoding: en': field(['Content-Encoding', 'en']),
        },
    });
    vectors.family('2', 'language: one line', field(['Content-Language', 'en, de']), 'lines are not joined', {
        same: { 'language: trimmed': field(['CONTENT-LANGUAGE', '\ten, de ']) },
        apart: {
            'language: two lines': field(['Content-Language', 'en'], ['Content-Language', 'de']),
            'language: two lines, other order': field(['Content-Language', 'de'], ['Content-Language', 'en']),
            'language: no space': field(['Content-Language', 'en,de']),
        },
    });
    vectors.family('2', 'location: and language', field(['Content-Location', '/a'], ['Content-Language', 'en']), 'the order of different fields does not count', {
        same: { 'location: and language, other order': field(['Content-Language', 'en'], ['Content-Location', '/a']) },
        apart: { 'location: and language, exchanged': field(['Content-Language', '/a'], ['Content-Location', 'en']) },
    });
    vectors.family('2', 'location: as it is', field(['Content-Location', '/a/../b']), 'no URI is normalized but the target',
        { apart: { 'location: without dots': field(['Content-Location', '/b']), 'location: octet 0xA0 is no space': field(['Content-Location', '/b\xa0']) } });
}
