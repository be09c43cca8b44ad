// Sections 6.1 and 6.2: JSON.

import { ask, json, MEMBER_ORDER, recipe, send, SPELLING } from './builder.mjs';

const ORDER = { claims: MEMBER_ORDER };
const SPELLED = { claims: SPELLING };

export function addJson(vectors) {
    addTypes(vectors);
    addStrings(vectors);
    addValues(vectors);
    addRefused(vectors);
    addLimits(vectors);
    addSorted(vectors);
}

function addTypes(vectors) {
    for (const type of ['application/problem+json', 'text/x+json', 'application/+json', 'application/a+b+JSON', 'application/json;charset="UTF-8"', 'application/json;x=y'])
        vectors.family('6.1', `json: ${type}`, send(type, '[1, 2]', SPELLED), 'application/json and every subtype that ends in +json', {
            domain: '01', same: { [`json: ${type} without whitespace`]: send(type, '[1,2]', SPELLED) },
        });
    for (const charset of ['utf-16', 'utf8', 'iso-8859-1', '""', 'us-ascii', '"utf-8,"'])
        vectors.family('6.1', `json: charset ${charset}`, send(`application/json;charset=${charset}`, '[1, 2]', SPELLED), 'a charset other than utf-8 is refused', {
            domain: '00',
            apart: { [`json: charset ${charset}, no whitespace`]: send(`application/json;charset=${charset}`, '[1,2]', SPELLED) }, apartDomain: '00',
        });
}

function addStrings(vectors) {
    const all = [];
    for (let i = 0; i < 0x20; i++) all.push('\\u' + i.toString(16).padStart(4, '0'));
    vectors.family('6.1', 'json: control characters', json(`"${all.join('')}"`), 'U+0000 to U+001F are written as \\u00 and two digits in lower case', {
        domain: '01',
        same: {
            'json: control characters, upper case': json(`"${all.join('').toUpperCase().replaceAll('\\U', '\\u')}"`),
            'json: control characters, short escapes': json(`"${all.join('').replace('\\u0008', '\\b').replace('\\u0009', '\\t').replace('\\u000a', '\\n').replace('\\u000c', '\\f').replace('\\u000d', '\\r')}"`),
        },
    });
    vectors.family('6.1', 'json: quote, backslash, slash', json('"\\"\\\\/"'), 'strings are spelled one way', {
        domain: '01',
        same: { 'json: quote, backslash, slash, numbers': json('"\\u0022\\u005C\\u002f"'), 'json: quote, backslash, slash, escaped': json('"\\u0022\\\\\\/"') },
        apart: { 'json: backslash twice': json('"\\"\\\\\\\\/"') },
    });
    vectors.family('6.1', 'json: characters', json('"a\x7f\u00e9\u20ac\ud7ff\ue000\uffff\u{10000}\u{10ffff}"'), 'each character is written as its UTF-8 octets', {
        domain: '01',
        same: {
            'json: characters, escaped': json('"\\u0061\\u007f\\u00e9\\u20AC\\ud7ff\\ue000\\uffff\\ud800\\udc00\\udbff\\udfff"'),
            'json: characters, upper case escapes': json('"\\u0061\\u007F\\u00E9\\u20AC\\uD7FF\\uE000\\uFFFF\\uD800\\uDC00\\uDBFF\\uDFFF"'),
        },
    });
    vectors.family('6.1', 'json: composed', json('"\u00e9"'), 'characters are not composed or decomposed', {
        domain: '01', apart: { 'json: decomposed': json('"e\u0301"'), 'json: escape of an escape': json('"\\\\u00e9"'), 'json: replacement character': json('"\ufffd"') }, apartDomain: '01',
    });
    vectors.family('6.1', 'json: byte order mark in a string', json('"\ufeff"'), 'only at the start it is refused', { domain: '01', same: { 'json: byte order mark, escaped': json('"\\ufeff"') } });
    vectors.family('6.1', 'json: names', json('{"a\\n\\u00e9/":1}'), 'names of members are strings, too', { domain: '01', same: { 'json: names, escaped': json('{"\\u0061\\u000A\u00e9\\/":1}') } });
    vectors.family('6.1', 'json: whitespace in a string', json('" a\\tb "'), 'it is significant there', { domain: '01', apart: { 'json: no whitespace in a string': json('"a\\tb"') }, apartDomain: '01' });
    vectors.family('6.1', 'json: empty string', json('""'), 'a string may be empty', { domain: '01', apart: { 'json: empty object': json('{}'), 'json: empty array': json('[]') }, apartDomain: '01' });
    vectors.family('6.1', 'json: name that is empty', json('{"":""}'), 'a name may be empty', { domain: '01' });
}

function addValues(vectors) {
    vectors.family('6.1', 'json: whitespace', json('{"a":[1,-2.5e+3,true,false,null,{"b":""},[]],"c":{}}'), 'between tokens nothing is written', {
        domain: '01',
        same: {
            'json: whitespace everywhere': json(' \t\r\n{ "a" :\t[ 1 , -2.5e+3 ,true\n,\rfalse , null , { "b" : "" } , [ ] ] , "c" : { } } \t\r\n'),
        },
        apart: { 'json: other order of members': json('{"c":{},"a":[1,-2.5e+3,true,false,null,{"b":""},[]]}'), 'json: other order of elements': json('{"a":[-2.5e+3,1,true,false,null,{"b":""},[]],"c":{}}') },
        apartDomain: '01',
    });
    const others = ['1.0', '1e0', '1E0', '1e+0', '1e-0', '1.00', '10e-1', '0', '-0', '0.0', '-1', '1e400', '"1"', '[[1]]', 'true', 'null'];
    vectors.family('6.1', 'json: 1', json('1'), 'numbers are written as they stand', {
        domain: '01', apart: Object.fromEntries(others.map(number => [`json: ${number}`, json(number)])), apartDomain: '01',
    });
    vectors.family('6.1', 'json: 9007199254740992', json('9007199254740992'), 'whatever a double makes of them', {
        domain: '01', apart: { 'json: 9007199254740993': json('9007199254740993'), 'json: 9007199254740992.0': json('9007199254740992.0') }, apartDomain: '01',
    });
    vectors.family('6.1', 'json: 0.1', json('0.1'), 'whatever a double makes of them', {
        domain: '01', apart: { 'json: 0.1 and more': json('0.1000000000000000055511151231257827'), 'json: 0.10': json('0.10') }, apartDomain: '01',
    });
    vectors.family('6.1', 'json: the same name in other objects', json('{"a":{"a":1},"b":[{"a":1},{"a":1}]}'), 'only within one object a name twice is refused', {
        domain: '01', same: { 'json: the same name in other objects, spaces': json('{"a": {"a": 1}, "b": [{"a": 1}, {"a": 1}]}') },
    });
    vectors.family('6.1', 'json: names that differ in case', json('{"a":1,"A":2}'), 'names are compared with case', { domain: '01', same: { 'json: names that differ in case, spaces': json('{"a": 1, "A": 2}') } });
    vectors.family('6.1', 'json: name like those of prototypes', json('{"__proto__":1,"constructor":2}'), 'no name is special', { domain: '01' });
}

// Each is refused, so that its exact octets count, and whitespace behind it gives another key.
function addRefused(vectors) {
    const octets = (...values) => Buffer.from(values);
    const refused = {
        'whitespace alone': ' ',
        'comma at the end of an object': '{"a":2,}',
        'comma at the end of an array': '[1,]',
        'comma at the start': '[,1]',
        'comma twice': '[1,,2]',
        'comma missing': '[1 2]',
        'colon missing': '{"a" 1}',
        'value missing': '{"a":}',
        'name without quotes': '{a:1}',
        'number as a name': '{1:1}',
        'single quotes': "'a'",
        'open array': '[1',
        'open object': '{"a":1',
        'open string': '"a',
        'wrong bracket': '[1}',
        'two values': '1 2',
        'octet behind it': '{}x',
        'null behind it': '{}\0',
        'comment': '[1]//a',
        'comment within': '[/**/1]',
        '01': '01',
        '-01': '-01',
        '.5': '.5',
        '1.': '1.',
        '1.e1': '1.e1',
        '+1': '+1',
        '-': '-',
        '1e': '1e',
        '1e+': '1e+',
        '0x1': '0x1',
        'NaN': 'NaN',
        'Infinity': '-Infinity',
        'True': 'True',
        'cut word': 'nul',
        'long word': 'nulll',
        'control character in a string': '"\x01"',
        'tab in a string': '"\t"',
        'line end in a string': '"\n"',
        'escape \\x': '"\\x41"',
        "escape \\'": '"\\\'"',
        'escape \\U': '"\\U0041"',
        'escape \\0': '"\\0"',
        'escape of three digits': '"\\u041"',
        'escape with another letter': '"\\u00g1"',
        'escape at the end': '"\\',
        'escape of a line end': '"\\\n"',
        'high half alone': '"\\ud83d"',
        'low half alone': '"\\ude00"',
        'low half first': '"\\ude00\\ud83d"',
        'high half twice': '"\\ud83d\\ud83d\\ude00"',
        'high half and a letter': '"\\ud83da\\ude00"',
        'high half and another escape': '"\\ud83d\\n"',
        'high half and \\u0061': '"\\ud83d\\u0061"',
        'high half in a name': '{"\\ud83d":1}',
        'name twice': '{"a":1,"a":1}',
        'name twice, other value': '{"a":1,"a":2}',
        'name twice, other order': '{"a":2,"a":1}',
        'name twice after escapes': '{"a":1,"\\u0061":1}',
        'name twice, far apart': '{"a":1,"b":{"a":1},"a":1}',
        'name twice, inner': '[{"":1,"":2}]',
        'vertical tab as whitespace': '\v1',
        'form feed as whitespace': '\f1',
        'no-break space as whitespace': '\u00a01',
        'byte order mark': '\ufeff1',
        'byte order mark behind it': '1\ufeff',
        'byte order mark alone': '\ufeff',
        'UTF-16': Buffer.from('[1]', 'utf16le'),
        'octet 0xFF': octets(0x22, 0xff, 0x22),
        'octet 0xFE': octets(0x22, 0xfe, 0x22),
        'continuation alone': octets(0x22, 0x80, 0x22),
        'cut sequence': octets(0x22, 0xe2, 0x82, 0x22),
        'cut sequence at the end': octets(0x31, 0xc3),
        'overlong slash': octets(0x22, 0xc0, 0xaf, 0x22),
        'overlong of three': octets(0x22, 0xe0, 0x9f, 0xbf, 0x22),
        'overlong of four': octets(0x22, 0xf0, 0x8f, 0xbf, 0xbf, 0x22),
        'surrogate in UTF-8': octets(0x22, 0xed, 0xa0, 0x80, 0x22),
        'pair of surrogates in UTF-8': octets(0x22, 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80, 0x22),
        'above U+10FFFF': octets(0x22, 0xf4, 0x90, 0x80, 0x80, 0x22),
        'sequence of five': octets(0x22, 0xf8, 0x88, 0x80, 0x80, 0x80, 0x22),
        'invalid octet in a name': octets(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d),
    };
    for (const [name, content] of Object.entries(refused))
        vectors.family('6.1', `refused: ${name}`, json(content), 'refused: the exact octets count', {
            domain: '00', apart: { [`refused: ${name}, and a space`]: json(Buffer.concat([Buffer.from(content), Buffer.from(' ')])) }, apartDomain: '00',
        });
    vectors.family('6.1', 'refused: empty content', json(''), 'empty content is no JSON', { sameAs: 'coding: empty', domain: '00', same: { 'refused: no content': ask({ fields: [['Content-Type', 'application/json']], claims: SPELLING }) } });
    vectors.family('6.1', 'refused: what the replacement would be', json('"\ufffd"', { target: '/r' }), 'invalid octets never meet it', {
        domain: '01', same: { 'refused: what the replacement would be, escaped': json('"\\ufffd"', { target: '/r' }) },
        apart: { 'refused: invalid octets beside it': json(octets(0x22, 0xff, 0x22), { target: '/r' }), 'refused: lone half beside it': json('"\\ud83d"', { target: '/r' }) }, apartDomain: '00',
    });
}

function addLimits(vectors) {
    // A limit at its edge: whitespace in front does not count; one beyond: it does.
    const edge = (name, why, within, beyond) => {
        const spaced = parts => recipe([' ', 1], ...parts);
        vectors.family('6.1', `limit: ${name}`, json(recipe(...within)), why, {
            domain: '01', same: { [`limit: ${name}, whitespace`]: json(spaced(within)) },
        });
        vectors.family('6.1', `limit: ${name}, one more`, json(recipe(...beyond)), why, {
            domain: '00', apart: { [`limit: ${name}, one more, whitespace`]: json(spaced(beyond)) }, apartDomain: '00',
        });
    };
    
    edge('arrays', 'at most 64 arrays and objects within one another, the outermost counted', [['[', 64], [']', 64]], [['[', 65], [']', 65]]);
    edge('objects', 'at most 64 arrays and objects within one another', [['{"a":', 63], ['{}', 1], ['}', 63]], [['{"a":', 64], ['{}', 1], ['}', 64]]);
    edge('arrays and objects', 'at most 64 arrays and objects within one another', [['[{"a":', 32], ['1', 1], ['}]', 32]], [['[{"a":', 32], ['[]', 1], ['}]', 32]]);
    edge('depth side by side', 'what was closed does not count', [['[', 1], ['[],', 100], ['[', 63], [']', 64]], [['[', 1], ['[],', 100], ['[', 64], [']', 65]]);
    edge('members', 'at most 65,536 members in one object', [['{', 1], ['"', 65_535, '":1,'], ['"z":1}', 1]], [['{', 1], ['"', 65_536, '":1,'], ['"z":1}', 1]]);
    edge('name', 'at most 1,048,576 octets of names', [['{"', 1], ['a', 1_048_576], ['":1}', 1]], [['{"', 1], ['a', 1_048_577], ['":1}', 1]]);
    edge('names of one object', 'names of an object count until it is closed',
        [['{"', 1], ['a', 524_288], ['":1,"', 1], ['b', 524_288], ['":1}', 1]], [['{"', 1], ['a', 524_288], ['":1,"', 1], ['b', 524_289], ['":1}', 1]]);
    edge('names of two objects', 'over all objects that are open at one place; a repeated name counts each time',
        [['{"', 1], ['a', 524_288], ['":{"', 1], ['a', 524_288], ['":1}}', 1]], [['{"', 1], ['a', 524_288], ['":{"', 1], ['a', 524_289], ['":1}}', 1]]);
    edge('names, escaped', 'escapes resolved', [['{"', 1], ['\\u0063', 1_048_576], ['":1}', 1]], [['{"', 1], ['\\u0063', 1_048_577], ['":1}', 1]]);
    edge('names in UTF-8', 'octets in UTF-8', [['{"', 1], ['\\u00e9', 524_288], ['":1}', 1]], [['{"a', 1], ['\u00e9', 524_288], ['":1}', 1]]);
    edge('names of closed objects', 'an object that was closed does not count',
        [['[', 1], ['{"', 1], ['a', 1_048_576], ['":1},{"', 1], ['b', 1_048_576], ['":1}]', 1]],
        [['[{"', 1], ['a', 1_048_576], ['":1},{"', 1], ['b', 1_048_576], ['":{"":{"c":1}}}]', 1]]);
    edge('names behind a closed object', 'names of an object count until it is closed',
        [['{"', 1], ['a', 1_048_575], ['":{"x":1},"b":1}', 1]], [['{"', 1], ['a', 1_048_575], ['":{"x":1},"bc":1}', 1]]);

    vectors.family('6.1', 'limit: 16,777,216 octets', json(recipe([' ', 16_777_215], ['7', 1])), 'at most 16,777,216 octets, before normalization', {
        domain: '01', same: { 'limit: 16,777,216 octets, one alone': json('7') },
        apart: { 'limit: 16,777,217 octets': [json(recipe([' ', 16_777_216], ['7', 1])), 'one octet more: exact'] }, apartDomain: '00',
    });
    vectors.family('6.1', 'limit: a string that grows', json(recipe(['"', 1], ['\\b', 1_000_000], ['"', 1])), 'what is written may be longer than what came', {
        domain: '01', same: { 'limit: a string that grows, written so': json(recipe(['"', 1], ['\\u0008', 1_000_000], ['"', 1])) },
    });
    vectors.family('6.1', 'limit: elements', json(recipe(['[', 1], ['1, ', 100_000], ['1]', 1])), 'elements of an array have no limit', {
        domain: '01', same: { 'limit: elements without whitespace': json(recipe(['[', 1], ['1,', 100_000], ['1]', 1])) },
    });
}

function addSorted(vectors) {
    const sorted = content => json(content, ORDER);
    vectors.family('6.2', 'sorted: ab', sorted('{"a":1,"b":[{"d":1,"c":2}]}'), 'the members of each object are ordered by name', {
        domain: '02',
        same: {
            'sorted: ba': sorted('{ "b": [{"c":2, "d":1}], "a": 1 }'),
            'sorted: escapes': [sorted('{"\\u0062":[{"c":2,"d":1}],"\\u0061":1}'), 'escapes are resolved before'],
        },
        apart: { 'sorted: not asked for': json('{"a":1,"b":[{"c":2,"d":1}]}'), 'sorted: other values': sorted('{"a":1,"b":[{"d":2,"c":1}]}') },
    });
    vectors.family('6.2', 'sorted: array', sorted('[2,1]'), 'elements of an array keep their order', { domain: '02', apart: { 'sorted: array, other order': sorted('[1,2]') }, apartDomain: '02' });
    vectors.family('6.2', 'sorted: octet by octet', sorted('{"":0,"!":1,"1":2,"10":3,"2":4,"A":5,"B":6,"a b":7,"aa":8,"b\\u007f":9}'), 'octet by octet, the shorter first', {
        domain: '02', same: { 'sorted: octet by octet, reversed': sorted('{"b\\u007f":9,"aa":8,"a b":7,"B":6,"A":5,"2":4,"10":3,"1":2,"!":1,"":0}') },
        apart: { 'sorted: not the plain text of another': json('{"":0,"!":1,"1":2,"10":3,"2":4,"A":5,"B":6,"a b":7,"aa":8,"b\\u007f":9}') }, apartDomain: '01',
    });
    vectors.family('6.2', 'sorted: escaped names', sorted('{"\\n":1,"\\"":2,"\\\\":3,"/":4}'), 'by the name, not by how it is written', {
        domain: '02', same: { 'sorted: escaped names, other order': sorted('{"/":4,"\\u005c":3,"\\u000A":1,"\\u0022":2}') },
    });
    vectors.family('6.2', 'sorted: one object', sorted('{"a":1}'), 'another domain, also where the order was right', {
        domain: '02', apart: { 'sorted: one object, not asked for': [json('{"a":1}'), 'section 6.1', 'coding: none'] }, apartDomain: '01',
    });
    vectors.family('6.2', 'sorted: one name outside ASCII', sorted('[{"\u00e9":{"b":1,"a":2}}]'), 'an object with one member has no order', {
        domain: '02', same: { 'sorted: one name outside ASCII, other order': sorted('[{"\\u00e9":{"a":2,"b":1}}]') },
    });
    const falls = (name, content, other, why, sameAs) => vectors.family('6.2', `sorted: ${name}`, sorted(content), why, {
        sameAs,
        domain: '01',
        same: { [`sorted: ${name}, not asked for`]: json(content) },
        apart: { [`sorted: ${name}, other order`]: sorted(other) },
        apartDomain: '01',
    });
    falls('names that differ in case', '{"a":1,"A":2}', '{"A":2,"a":1}', 'all of the content falls back to section 6.1', 'json: names that differ in case');
    falls('names that differ in case after escapes', '{"ab":1,"\\u0041B":2}', '{"AB":2,"ab":1}', 'escapes resolved');
    falls('names that differ in case, deep', '{"z":[{"k":1,"K":2}],"a":0}', '{"a":0,"z":[{"k":1,"K":2}]}', 'in any object: all of the content falls back');
    falls('a name outside ASCII', '{"\u00e9":1,"a":2}', '{"a":2,"\u00e9":1}', 'two or more members, and an octet from 0x80');
    falls('a name outside ASCII, escaped', '{"\\u00c9":1,"b":2}', '{"b":2,"\\u00c9":1}', 'escapes resolved');
    falls('Kelvin sign', '{"\\u212a":1,"k":2}', '{"k":2,"\\u212a":1}', 'ignoring case, some readers match them');
    vectors.family('6.2', 'sorted: case in other objects', sorted('{"a":{"A":1},"b":2}'), 'only within one object', { domain: '02', same: { 'sorted: case in other objects, other order': sorted('{"b":2,"a":{"A":1}}') } });
    vectors.family('6.2', 'sorted: [ and {', sorted('{"[":1,"{":2}'), 'only letters have a case', { domain: '02', same: { 'sorted: [ and {, other order': sorted('{"{":2,"[":1}') }, apart: { 'sorted: @ and `': sorted('{"@":1,"`":2}') }, apartDomain: '02' });
    vectors.family('6.2', 'sorted: refused', sorted('{"b":1,"a":2,"b":3}'), 'what section 6.1 refuses, this refuses', {
        domain: '00', same: { 'sorted: refused, not asked for': json('{"b":1,"a":2,"b":3}') }, apart: { 'sorted: refused, other order': sorted('{"a":2,"b":1,"b":3}') }, apartDomain: '00',
    });
    vectors.family('6.2', 'sorted: refused by charset', send('application/json;charset=utf-16', '{"b":1,"a":2}', ORDER), 'what section 6.1 refuses, this refuses', { domain: '00' });
    vectors.family('6.2', 'sorted: 65,536 members', sorted(recipe(['{', 1], ['"', 65_535, '":1,'], ['"z":1}', 1])), 'members up to the limit are ordered', {
        domain: '02', same: { 'sorted: 65,536 members, another first': sorted(recipe(['{"z":1', 1], [',"', 65_535, '":1'], ['}', 1])) },
        apart: { 'sorted: 65,537 members': sorted(recipe(['{', 1], ['"', 65_536, '":1,'], ['"z":1}', 1], [' ', 2])) }, apartDomain: '00',
    });
    vectors.family('6.2', 'sorted: 64 deep', sorted(recipe(['{"b":1,"a":', 64], ['2', 1], ['}', 64])), 'as deep as section 6.1', {
        domain: '02', same: { 'sorted: 64 deep, other order': sorted(recipe(['{"a":', 64], ['2', 1], [',"b":1}', 64])) },
        apart: { 'sorted: 65 deep': sorted(recipe(['{"b":1,"a":', 65], ['2', 1], ['}', 65])) }, apartDomain: '00',
    });
}
