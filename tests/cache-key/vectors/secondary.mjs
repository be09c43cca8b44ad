// Sections 7 and 8: partition, and the secondary key.

import { ask, json } from './builder.mjs';

export function addSecondary(vectors) {
    addPartition(vectors);
    addVary(vectors);
    addValues(vectors);
}

function addPartition(vectors) {
    const partition = value => json('[8]', { partition: value && (Array.isArray(value) ? value : Buffer.from(value).toString('base64')) });
    const named = (...parts) => partition(parts);
    vectors.family('7', 'partition: absent', partition(), 'absent means shared by all', {
        same: { 'partition: no name applies': [named(), 'no partition if none applies'] },
        apart: {
            'partition: of no bytes': json('[8]', { partition: '' }),
            'partition: zero': partition(Buffer.of(0)),
            'partition: a': partition('a'),
            'partition: A': [partition('A'), 'its bytes are the choice of the cache'],
            'partition: a and a space': partition('a '),
            'partition: 32 bytes': partition(Buffer.alloc(32, 7)),
            'partition: application': [named(['application', 't']), 'bytes(name) ‖ bytes(value) for each that applies'],
            'partition: application, empty': [named(['application', '']), 'something returned may be empty'],
            'partition: user alone': named(['user', 'dA==']),
            'partition: application and user': [named(['application', 't'], ['user', 'dA==']), 'in this order'],
            'partition: culture': named(['culture', 'de'], ['ui-culture', 'en']),
            'partition: culture, exchanged': named(['culture', 'en'], ['ui-culture', 'de']),
            'partition: path': named(['path-base', '/base'], ['path', '/a b'], ['query', '?c=%20']),
            'partition: path, no base': named(['path-base', ''], ['path', '/base/a b'], ['query', '?c=%20']),
            'partition: path, no query': named(['path-base', '/base'], ['path', '/a b'], ['query', '']),
            'partition: path in UTF-8': named(['path-base', ''], ['path', '/é'], ['query', '']),
            'partition: all': named(['application', 't'], ['culture', 'de'], ['ui-culture', 'de'], ['path-base', ''], ['path', '/a'], ['query', ''], ['user', 'AP8=']),
        },
    });
    vectors.family('7', 'partition: application as bytes', json('[8]', { partition: 'AAAAC2FwcGxpY2F0aW9uAAAAAXQ=' }), 'bytes(name) ‖ bytes(value) for each that applies', { sameAs: 'partition: application' });
}

const vary = (lines, fields, changes) => ask({ target: '/v', secondary: { vary: Array.isArray(lines) ? lines : [lines], fields }, ...changes });

function addVary(vectors) {
    const accept = ['Accept', 'text/csv'];
    vectors.family('8', 'vary: accept', vary('accept', [accept]), 'the primary key, and the headers that Vary names', {
        same: {
            'vary: Accept': [vary('Accept', [accept]), 'names are in lower case'],
            'vary: accept twice': [vary('accept, ACCEPT', [accept]), 'each once'],
            'vary: white space and empty members': [vary(' ,\taccept ,, ', [accept]), 'empty members are ignored'],
            'vary: several lines': [vary(['', 'accept', 'Accept'], [accept]), 'all lines of Vary are one list'],
            'vary: accept, other fields': vary('accept', [['Cookie', 'a'], ['ACCEPT', ' text/csv\t']]),
        },
        apart: {
            'vary: primary key': [ask({ target: '/v' }), 'a primary key is no secondary one'],
            'vary: accept, absent': [vary('accept', []), 'absent is not empty'],
            'vary: accept, empty': vary('accept', [['Accept', '']]),
            'vary: accept, upper case value': [vary('accept', [['Accept', 'TEXT/csv']]), 'nothing else is equal: not case'],
            'vary: accept, two lines': vary('accept', [accept, accept]),
            'vary: accept-language': vary('accept-language', [['Accept-Language', 'text/csv']]),
            'vary: another primary key': vary('accept', [accept], { target: '/w' }),
        },
    });
    vectors.family('8', 'vary: no line', vary([], [accept]), 'if there is no name, the entry is under the primary key', { sameAs: 'vary: primary key', same: { 'vary: empty line': vary('', [accept]), 'vary: empty members': vary([' , ,', ''], [accept]) } });
    for (const line of ['*', 'accept, *', '* , accept', 'a b', 'accept;q=1', '"accept"', 'accept\x0b', 'acc\xe9pt', 'accept:', '**,('])
        vectors.family('8', `vary: never, ${line}`, vary(line, [accept]), 'a member that is * or no token never matches');
    vectors.family('8', 'vary: never, in a second line', vary(['accept', '*'], [accept]), 'all lines of Vary are one list');

    const two = [['Accept', 'a'], ['Accept-Language', 'b']];
    vectors.family('8', 'vary: two names', vary('accept, accept-language', two), 'in byte order, the shorter first', {
        same: { 'vary: two names, other order': vary('Accept-Language,accept', [...two].reverse()), 'vary: two names, two lines': vary(['Accept-Language', 'accept'], two) },
        apart: {
            'vary: two names, exchanged': vary('accept, accept-language', [['Accept', 'b'], ['Accept-Language', 'a']]),
            'vary: two names, one': vary('accept', two),
            'vary: two names, one absent': vary('accept, accept-language', [two[0]]),
        },
    });
    vectors.family('8', "vary: names in order", vary("~, a, aa, b, _, !, #x, z|", [['b', '1'], ['AA', '2'], ['#X', '3']]), 'in byte order', {
        same: { 'vary: names in order, reversed': vary('Z|, !, _, B, #X, Aa, A, ~', [['#x', '3'], ['aA', '2'], ['B', '1']]) },
    });
    vectors.family('8', 'vary: with a partition', vary('x', [], { partition: 'AA==' }), 'the primary key holds the partition', { apart: { 'vary: without a partition': vary('x', []) } });
}

function addValues(vectors) {
    const of = (...lines) => vary('x', lines.map(line => ['X', line]));
    vectors.family('8', 'value: a,b', of('a,b'), 'spaces and tabs around a comma are removed', {
        same: { 'value: a, b': of('a, b'), 'value: a \\t, b': of('a \t,\t b'), 'value: two lines': [of('a', 'b'), 'lines are joined'], 'value: two lines with spaces': of(' a\t', '  b ') },
        apart: {
            'value: b,a': [of('b,a'), 'not order'],
            'value: a,,b': [of('a,,b'), 'not an empty member'],
            'value: a,b,': of('a,b,'),
            'value: a;b': of('a;b'),
            'value: A,b': [of('A,b'), 'not case'],
            'value: a,b with a vertical tab': [of('a,\x0bb'), 'spaces and tabs alone'],
        },
    });
    vectors.family('8', 'value: an empty line first', of('', 'a'), 'lines are joined by a comma, also empty ones', { same: { 'value: comma first': of(', a') }, apart: { 'value: no comma first': of('a') } });
    vectors.family('8', 'value: two empty lines', of('', ''), 'lines are joined by a comma, also empty ones', { same: { 'value: comma alone': of(' , ') }, apart: { 'value: one empty line': of('') } });
    vectors.family('8', 'value: spaces elsewhere', of('a ; b'), 'only around commas', { apart: { 'value: no spaces elsewhere': [of('a;b'), 'only around commas', 'value: a;b'] } });
    vectors.family('8', 'value: comma in quotes', of('"a , b"'), 'outside double quotes', {
        apart: { 'value: comma in quotes, no spaces': of('"a,b"'), 'value: comma in quotes, two lines': of('"a', 'b"') },
    });
    vectors.family('8', 'value: quotes over two lines', of('"a ', ' b"'), 'the lines are joined before', { sameAs: 'value: comma in quotes, two lines', same: { 'value: quotes over two lines, joined': of('"a, b"') } });
    vectors.family('8', 'value: escape in quotes', of('"a\\" , b" , c'), 'within double quotes a backslash escapes the next byte', { same: { 'value: escape in quotes, no space behind': of('"a\\" , b",c') }, apart: { 'value: escape in quotes, no space within': of('"a\\",b",c') } });
    vectors.family('8', 'value: backslash outside quotes', of('\\"a , b" , c'), 'only within double quotes', { same: { 'value: backslash outside quotes, no space behind': of('\\"a , b",c') } });
    vectors.family('8', 'value: open quote', of('"a , b'), 'it reaches to the end', { apart: { 'value: open quote, no spaces': of('"a,b') } });

    const cookie = (...lines) => vary('cookie', lines.map(line => ['Cookie', line]));
    vectors.family('8', 'cookie: a=1; b=2', cookie('a=1; b=2'), 'lines of Cookie are joined by a semicolon', {
        same: { 'cookie: two lines': cookie('a=1', 'b=2'), 'cookie: spaces around lines': cookie(' a=1 ', '\tb=2'), 'cookie: Vary: COOKIE': vary('COOKIE', [['cookie', 'a=1; b=2']]) },
        apart: { 'cookie: a comma': cookie('a=1, b=2'), 'cookie: no space': [cookie('a=1;b=2'), 'nothing is removed'], 'cookie: other order': cookie('b=2', 'a=1') },
    });
    vectors.family('8', 'cookie: spaces around a comma', cookie('a=1 , 2'), 'nothing is removed', { apart: { 'cookie: a comma, no spaces': cookie('a=1,2') } });
}
