// Sections 7 and 8: partition, and the secondary key.

import { ask, json } from './builder.mjs';

export function addSecondary(vectors) {
    const partition = octets => json('[8]', { partition: octets && Buffer.from(octets).toString('base64') });
    vectors.family('7', 'partition: absent', partition(), 'absent means shared by all', {
        apart: {
            'partition: of no octets': json('[8]', { partition: '' }),
            'partition: zero': partition([0]),
            'partition: a': partition('a'),
            'partition: A': [partition('A'), 'its octets are whatever the cache chose'],
            'partition: a and a space': partition('a '),
            'partition: 32 octets': partition(Buffer.alloc(32, 7)),
        },
    });

    const vary = (names, fields, changes) => ask({ target: '/v', secondary: { names, fields }, ...changes });
    const accept = ['Accept', 'text/csv'];
    vectors.family('8', 'vary: accept', vary(['accept'], [accept]), 'the primary key, and the fields that Vary names', {
        same: {
            'vary: Accept': [vary(['Accept'], [accept]), 'names are in lower case'],
            'vary: accept twice': [vary(['accept', 'ACCEPT'], [accept]), 'each once'],
            'vary: accept, other fields': vary(['accept'], [['Cookie', 'a'], ['ACCEPT', ' text/csv\t']]),
        },
        apart: {
            'vary: primary key': [ask({ target: '/v' }), 'a primary key is no secondary one'],
            'vary: no name': vary([], [accept]),
            'vary: accept, absent': vary(['accept'], []),
            'vary: accept, empty': vary(['accept'], [['Accept', '']]),
            'vary: accept, upper case value': vary(['accept'], [['Accept', 'TEXT/csv']]),
            'vary: accept, two lines': vary(['accept'], [accept, accept]),
            'vary: accept-language': vary(['accept-language'], [['Accept-Language', 'text/csv']]),
            'vary: another primary key': vary(['accept'], [accept], { target: '/w' }),
        },
    });
    const two = [['Accept', 'a'], ['Accept-Language', 'b']];
    vectors.family('8', 'vary: two names', vary(['accept', 'accept-language'], two), 'ordered octet by octet, the shorter first', {
        same: { 'vary: two names, other order': vary(['Accept-Language', 'accept'], [...two].reverse()) },
        apart: {
            'vary: two names, exchanged': vary(['accept', 'accept-language'], [['Accept', 'b'], ['Accept-Language', 'a']]),
            'vary: two names, one': vary(['accept'], two),
            'vary: two names, one absent': vary(['accept', 'accept-language'], [two[0]]),
        },
    });
    vectors.family('8', 'vary: two lines', vary(['x'], [['X', 'a'], ['X', 'b']]), 'lines are not joined, and keep their order', {
        apart: {
            'vary: one line': vary(['x'], [['X', 'a, b']]),
            'vary: two lines, other order': vary(['x'], [['X', 'b'], ['X', 'a']]),
            'vary: boundary of lines': vary(['x'], [['X', 'ab'], ['X', '']]),
        },
    });
    vectors.family('8', 'vary: names in order', vary(['~', 'a', 'aa', 'b', '_', '!'], [['b', '1'], ['AA', '2']]), 'octet by octet', {
        same: { 'vary: names in order, reversed': vary(['!', '_', 'B', 'Aa', 'A', '~'], [['aA', '2'], ['B', '1']]) },
    });
    vectors.family('8', 'vary: with a partition', vary(['x'], [], { partition: 'AA==' }), 'the primary key holds the partition', { apart: { 'vary: without a partition': vary(['x'], []) } });
}
