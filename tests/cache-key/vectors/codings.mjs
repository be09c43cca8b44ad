// Section 5: codings.

import { ALL_CLAIMS, ask, json, recipe, send as sendBare } from './builder.mjs';
import { gzip, gzipHeader, gzipTrailer, literalsThenCopy, ownCodes, paddedGzip, stored, zeros, zlib } from './coded.mjs';

const send = (type, content, changes) => sendBare(type, content, { claims: ALL_CLAIMS, ...changes });
const hex = digits => Buffer.from(digits, 'hex');

// One text as a compressor wrote it, with dynamic codes.
const LONG = '{"items": [' + '{"name": "x", "on": true}, '.repeat(20) + '{}]}';
const LONG_DEFLATE = hex('ab56ca2c49cd2d56b25288ae56ca4bcc4d55b25250aa50d25150cacf53b25228292a4dadd55118951ae952b5b1b500');

export function addCodings(vectors) {
    const coded = (coding, content, changes) => json(content, { fields: [['Content-Encoding', coding]], ...changes });
    const plain = Buffer.from('{"a": 1}');
    const whole = gzip(plain);
    const [stream, trailer] = [whole.subarray(10, -8), whole.subarray(-8)];
    const z = zlib(plain);

    vectors.family('5', 'coding: none', json(plain), 'content that differs only in how it is compressed', {
        domain: '01',
        same: {
            'gzip: stored block': coded('gzip', whole),
            'gzip: upper case, whitespace': coded(' GZip\t', whole),
            'gzip: fixed codes': coded('gzip', gzip(plain, { stream: hex('ab564a54b25230ac0500') })),
            'gzip: unused bits': [coded('gzip', gzip(plain, { stream: hex('ab564a54b25230ac0580') })), 'the unused bits of the last octet may be anything'],
            'gzip: empty blocks before it': coded('gzip', gzip(plain, { stream: Buffer.concat([hex('000000ffff000000ffff'), stream]) })),
            'gzip: FTEXT': [coded('gzip', gzip(plain, { flags: 0x01 })), 'FTEXT is ignored'],
            'gzip: time, extra flags, system': coded('gzip', gzip(plain, { time: 9, extraFlags: 2, system: 3 })),
            'gzip: FEXTRA': coded('gzip', gzip(plain, { flags: 0x04, optional: hex('0300000102') })),
            'gzip: FEXTRA, empty': coded('gzip', gzip(plain, { flags: 0x04, optional: hex('0000') })),
            'gzip: FNAME': coded('gzip', gzip(plain, { flags: 0x08, optional: Buffer.from('a.json\0') })),
            'gzip: FCOMMENT': coded('gzip', gzip(plain, { flags: 0x10, optional: Buffer.from('\0') })),
            'gzip: all optional parts': coded('gzip', gzip(plain, { flags: 0x1d, optional: Buffer.from('\x02\0\0\0name\0comment\0') })),
            'deflate: stored block': coded('deflate', z),
            'deflate: upper case': coded('DEFLATE', z),
            'deflate: fixed codes': coded('deflate', zlib(plain, { stream: hex('ab564a54b25230ac0500'), header: [0x78, 0x9c] })),
            'deflate: small window': coded('deflate', zlib(plain, { header: [0x08, 0x1d] })),
            'coding: JSON without whitespace': [coded('gzip', gzip(Buffer.from('{"a":1}'))), 'section 6.1 applies to what was decoded'],
        },
        apart: {
            'coding: identity': [coded('identity', plain), 'identity is not removed: exact octets, the line in the key'],
            'coding: empty line': coded('', plain),
            'coding: gzip of plain octets': [coded('gzip', plain), 'no gzip header'],
            'coding: x-gzip': coded('x-gzip', whole),
            'coding: gzip with a parameter': coded('gzip;q=1', whole),
            'coding: gzip and a comma': coded('gzip,', whole),
            'coding: gzip twice': [coded('gzip, gzip', gzip(whole)), 'several codings are not removed'],
            'coding: two lines': [json(gzip(whole), { fields: [['Content-Encoding', 'gzip'], ['Content-Encoding', 'gzip']] }), 'two lines are not removed'],
            'coding: a line and an empty one': json(whole, { fields: [['Content-Encoding', 'gzip'], ['Content-Encoding', '']] }),
            'coding: gzip without its line': [json(whole), 'no coding was named'],
            'coding: zstd': coded('zstd', plain),
            'coding: compress': coded('compress', whole),
            'coding: deflate under gzip': coded('gzip', z),
            'coding: gzip under deflate': coded('deflate', whole),
            'coding: gzip of empty content, as received': [coded('gzip', ''), 'empty content is no whole gzip'],
            'coding: deflate of empty content, as received': coded('deflate', ''),

            'gzip: cut by one': [coded('gzip', whole.subarray(0, -1)), 'the coded octets are whole'],
            'gzip: trailer cut': coded('gzip', whole.subarray(0, -8)),
            'gzip: stream cut': coded('gzip', Buffer.concat([gzipHeader(), stream.subarray(0, -1), trailer])),
            'gzip: no final block': coded('gzip', gzip(plain, { stream: Buffer.concat([hex('00'), stream.subarray(1)]) })),
            'gzip: header alone': coded('gzip', gzipHeader()),
            'gzip: header cut': coded('gzip', gzipHeader().subarray(0, 9)),
            'gzip: header and trailer alone': coded('gzip', Buffer.concat([gzipHeader(), gzipTrailer(Buffer.alloc(0))])),
            'gzip: octet behind it': [coded('gzip', Buffer.concat([whole, hex('00')])), 'nothing follows'],
            'gzip: zeros behind it': coded('gzip', Buffer.concat([whole, Buffer.alloc(8)])),
            'gzip: two members': [coded('gzip', Buffer.concat([gzip(plain.subarray(0, 4)), gzip(plain.subarray(4))])), 'one member'],
            'gzip: an empty second member': coded('gzip', Buffer.concat([whole, gzip(Buffer.alloc(0))])),
            'gzip: octet between stream and trailer': [coded('gzip', Buffer.concat([gzipHeader(), stream, hex('00'), trailer])), 'the stream ends where the trailer begins'],
            'gzip: the trailer twice': coded('gzip', Buffer.concat([whole, trailer])),
            'gzip: CRC-32 wrong': coded('gzip', gzip(plain, { trailer: { crc: 1 } })),
            'gzip: length wrong': coded('gzip', gzip(plain, { trailer: { length: 9 } })),
            'gzip: trailer the wrong way round': coded('gzip', Buffer.concat([whole.subarray(0, -8), Buffer.from(trailer).reverse()])),
            'gzip: FHCRC': [coded('gzip', gzip(plain, { flags: 0x02, optional: hex('0000') })), 'FHCRC is refused'],
            'gzip: reserved flag 0x20': coded('gzip', gzip(plain, { flags: 0x20 })),
            'gzip: reserved flag 0x40': coded('gzip', gzip(plain, { flags: 0x40 })),
            'gzip: reserved flag 0x80': coded('gzip', gzip(plain, { flags: 0x80 })),
            'gzip: method 7': coded('gzip', gzip(plain, { method: 7 })),
            'gzip: second octet wrong': coded('gzip', Buffer.concat([hex('1f8a'), whole.subarray(2)])),
            'gzip: first octet wrong': coded('gzip', Buffer.concat([hex('1e8b'), whole.subarray(2)])),
            'gzip: FEXTRA beyond the end': coded('gzip', gzip(plain, { flags: 0x04, optional: hex('ffff') })),
            'gzip: FEXTRA into the trailer': coded('gzip', gzip(plain, { flags: 0x04, optional: hex('0e00') })),
            'gzip: FNAME without its end': coded('gzip', Buffer.concat([gzipHeader({ flags: 0x08 }), Buffer.from('name')])),
            'gzip: reserved block type': coded('gzip', gzip(plain, { stream: hex('07') })),
            'gzip: stored length wrong': coded('gzip', gzip(plain, { stream: Buffer.concat([stream.subarray(0, 3), hex('0000'), stream.subarray(5)]) })),
            'gzip: distance too far': coded('gzip', gzip(Buffer.from('aaaaa'), { stream: literalsThenCopy(Buffer.from('aa'), 2, 0, 0) })),

            'deflate: bare stream': [coded('deflate', stream), 'a bare deflate stream is not taken'],
            'deflate: header does not divide by 31': coded('deflate', zlib(plain, { header: [0x78, 0x02] })),
            'deflate: FDICT': coded('deflate', zlib(plain, { header: [0x78, 0x20] })),
            'deflate: FDICT with its identifier': coded('deflate', zlib(plain, { header: [0x78, 0x20, 0, 0, 0, 1] })),
            'deflate: window of 2^16': coded('deflate', zlib(plain, { header: [0x88, 0x1c] })),
            'deflate: method 7': coded('deflate', zlib(plain, { header: [0x77, 0x09] })),
            'deflate: Adler-32 wrong': coded('deflate', zlib(plain, { checksum: 1 })),
            'deflate: Adler-32 the wrong way round': coded('deflate', Buffer.concat([z.subarray(0, -4), Buffer.from(z.subarray(-4)).reverse()])),
            'deflate: cut by one': coded('deflate', z.subarray(0, -1)),
            'deflate: checksum cut': coded('deflate', z.subarray(0, -4)),
            'deflate: header alone': coded('deflate', hex('789c')),
            'deflate: octet behind it': coded('deflate', Buffer.concat([z, hex('00')])),
            'deflate: octet between stream and checksum': coded('deflate', Buffer.concat([z.subarray(0, -4), hex('00'), z.subarray(-4)])),
            'deflate: two streams': coded('deflate', Buffer.concat([z, z])),
            'deflate: reserved block type': coded('deflate', zlib(plain, { stream: hex('07') })),

            'br: of the text': [coded('br', hex('8b03807b2261223a20317d03')), 'br is never removed: exact octets, the line in the key'],
            'br: of the text, metadata before it': [coded('br', hex('6b09000102033800087b2261223a20317d03')), 'br is never removed, so another coding of one text has another key'],
            'br: upper case': coded('BR', hex('8b03807b2261223a20317d03')),
            'br: no brotli': coded('br', plain),
        },
        apartDomain: '00',
    });

    vectors.family('5', 'coding: long text', json(LONG), 'codes that a compressor makes', {
        domain: '01',
        same: {
            'gzip: dynamic codes': coded('gzip', gzip(Buffer.from(LONG), { stream: LONG_DEFLATE })),
            'deflate: dynamic codes': coded('deflate', zlib(Buffer.from(LONG), { stream: LONG_DEFLATE, header: [0x78, 0xda] })),
        },
    });
    vectors.family('5', 'coding: two stored blocks', send('text/plain', recipe(['x', 65_536])), 'a block holds at most 65,535 octets', {
        domain: '00',
        same: {
            'gzip: two stored blocks': send('text/plain', recipe([gzipHeader(), 1], [stored(Buffer.alloc(65_536, 'x')).subarray(0, 5), 1], ['x', 65_535],
                [stored(Buffer.alloc(65_536, 'x')).subarray(-6), 1], [gzipTrailer(Buffer.alloc(65_536, 'x')), 1]), { fields: [['Content-Encoding', 'gzip']] }),
        },
    });
    vectors.family('5', 'coding: empty', json(''), 'decoded, nothing is left: the same as no content', {
        domain: '00',
        same: { 'gzip: of nothing': coded('gzip', gzip(Buffer.alloc(0))), 'deflate: of nothing': coded('deflate', zlib(Buffer.alloc(0))) },
    });
    vectors.family('5', 'coding: refused JSON', json('{"a":1,}'), 'exact octets, the coding removed all the same', {
        domain: '00',
        same: { 'gzip: of refused JSON': coded('gzip', gzip(Buffer.from('{"a":1,}'))) },
    });
    const untyped = changes => ask({ target: '/c', claims: ALL_CLAIMS, content: plain.toString('base64'), ...changes });
    vectors.family('5', 'coding: no media type', untyped(), 'the media type does not matter', {
        domain: '00',
        same: { 'gzip: no media type': untyped({ content: whole.toString('base64'), fields: [['Content-Encoding', 'gzip']] }) },
    });
    vectors.family('5', 'coding: media type as sent', send('x', plain), 'the media type does not matter', {
        domain: '00',
        same: { 'gzip: media type as sent': send('x', whole, { fields: [['Content-Encoding', 'gzip']] }) },
    });
    vectors.family('5', 'gzip: as received', coded('gzip', whole.subarray(1)),
        'a coding that stays is in the key as sent', {
            domain: '00',
            apart: {
                'gzip: as received, in upper case': coded('GZIP', whole.subarray(1)),
                'gzip: as received, no line': json(whole.subarray(1)),
                'gzip: as received, deflate': coded('deflate', whole.subarray(1)),
            },
        });

    // The copy reaches 300 octets back, while the header promises a window of 256.
    const far = Buffer.concat([Buffer.from('ab' + 'c'.repeat(298)), Buffer.from('abc')]);
    vectors.family('5', 'coding: 303 octets', send('text/plain', far), 'the window in the header bounds no distance', {
        domain: '00',
        same: {
            'deflate: distance beyond the window of the header':
                send('text/plain', zlib(far, { header: [0x08, 0x1d], stream: literalsThenCopy(far.subarray(0, 300), 16, 7, 43) }), { fields: [['Content-Encoding', 'deflate']] }),
        },
    });
    addCodes(vectors);
    addLimits(vectors);
}

// Sets of codes that are not complete, and others at the edge of the rules. All say nothing, or one zero.
function addCodes(vectors) {
    const nothing = Buffer.alloc(0);
    const zero = Buffer.alloc(1);
    const sent = (plain, stream) => send('text/plain', gzip(plain, { stream }), { target: '/codes', fields: [['Content-Encoding', 'gzip']] });
    // Codes of 1 bit for the lengths 0 and 1; in the order of RFC 1951 they are the 4th and the 18th: 16, 17, 18, 0, 8, ..., 1, 15.
    const zeroAndOne = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    const write = { 0: [0], 1: [1] };
    const literals = (...used) => Array.from({ length: 257 }, (_, symbol) => used.includes(symbol) ? 1 : 0);
    const block = changes => ownCodes({ lengths: zeroAndOne, write, literals: literals(256), distances: [0], symbols: [0], ...changes });
    // Two codes of 1 bit: 0 for the literal 0, 1 for the end of block.
    const both = { literals: literals(0, 256), symbols: [0, 1] };

    vectors.family('5', 'codes: nothing', send('text/plain', '', { target: '/codes' }), 'what is said without a literal', {
        domain: '00',
        same: {
            'codes: end of block alone': [sent(nothing, block({})), 'a single code of one bit, and no distance code'],
            'codes: a single distance code': [sent(nothing, block({ distances: [1] })), 'a single code of one bit'],
            'codes: 30 distance codes': [sent(nothing, block({ distances: Array(30).fill(0) })), 'at most 30 distance codes'],
            'codes: 286 literal codes': [sent(nothing, block({ literals: [...literals(256), ...Array(29).fill(0)] })), 'at most 286 literal and length codes'],
            'codes: fill bits after the stream': [sent(nothing, block({ symbols: [0, 1, 1, 1, 1, 1, 1, 1].slice(0, 1 + ((8 - (3 + 14 + 54 + 258 + 1) % 8) % 8)) })), 'bits that only fill up a byte may have any value'],
            'codes: fill bits before a stored block': [sent(nothing, hex('f90000ffff')), 'bits that only fill up a byte may have any value'],
        },
        apart: {
            'codes: 287 literal codes': sent(nothing, block({ literals: [...literals(256), ...Array(30).fill(0)] })),
            'codes: 31 distance codes': sent(nothing, block({ distances: Array(31).fill(0) })),
            'codes: no end of block': [sent(nothing, block({ literals: literals(0, 1), symbols: [0] })), 'a code for the end of block'],
            'codes: three of one bit': [sent(nothing, block({ literals: literals(0, 1, 256) })), 'over-subscribed'],
            'codes: three distances of one bit': [sent(nothing, block({ distances: [1, 1, 1] })), 'over-subscribed'],
            'codes: incomplete code lengths': [sent(nothing, block({ lengths: [...zeroAndOne.slice(0, 17), 2], write: { 0: [0], 1: [1, 0] } })), 'the code lengths have no such exception'],
            'codes: incomplete literals of two bits': [sent(nothing, twoBits({ literals: [256] })), 'incomplete'],
            'codes: incomplete distances of two bits': [sent(nothing, twoBits({ literals: [0, 1, 2, 256], distances: [2] })), 'incomplete'],
            'codes: a copy with no distance code': [sent(zero, block({ literals: [...literals(256), 1], symbols: [1, 0] })), 'there is no such distance'],
            'codes: fill bits with a byte more': sent(nothing, Buffer.concat([block({}), hex('00')])),
        },
        apartDomain: '00',
    });
    vectors.family('5', 'codes: one zero', send('text/plain', zero, { target: '/codes' }), 'a literal and the end of block', {
        domain: '00', same: { 'codes: two of one bit': sent(zero, block(both)) }, apart: { 'codes: two of one bit, cut': sent(zero, block({ ...both, symbols: [0] })) }, apartDomain: '00',
    });
}

// Code lengths 0 and 2 (each of 1 bit): literals of two bits each, of which some are missing, and then the end of block, the last of them.
function twoBits({ literals, distances = [0] }) {
    // In the order of RFC 1951 the lengths 0 and 2 are the 4th and the 16th.
    const lengths = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    return ownCodes({
        lengths,
        literals: Array.from({ length: 257 }, (_, symbol) => literals.includes(symbol) ? 2 : 0),
        distances,
        write: { 0: [0], 2: [1] },
        symbols: literals.length === 1 ? [0, 0] : [1, 1],
    });
}

// The limits, each at its edge and one beyond. Zeros are no JSON, and text/plain has no normalizer.
function addLimits(vectors) {
    const zero = Buffer.from([0]);
    const sent = (coding, content) => send('text/plain', content, { fields: [['Content-Encoding', coding]] });
    const plain = count => send('text/plain', recipe([zero, count]));
    const member = count => gzip(Buffer.alloc(count), { stream: zeros(count) });
    const wrapped = count => zlib(Buffer.alloc(count), { stream: zeros(count) });

    vectors.family('5', 'limit: 65,536 zeros', plain(65_536), '65,536 octets may be decoded whatever the ratio', {
        domain: '00',
        same: {
            'limit: gzip of 65,536': sent('gzip', member(65_536)),
            'limit: deflate of 65,536': sent('deflate', wrapped(65_536)),
        },
    });
    vectors.family('5', 'limit: 65,537 zeros', plain(65_537), 'one more may not, above a ratio of 128', {
        domain: '00',
        apart: {
            'limit: gzip of 65,537': sent('gzip', member(65_537)),
            'limit: deflate of 65,537': sent('deflate', wrapped(65_537)),
        },
    });
    vectors.family('5', 'limit: 131,072 zeros', plain(131_072), 'a ratio of 128, the header and the trailer counted', {
        domain: '00',
        same: {
            'limit: gzip of 131,072 in 1,024': sent('gzip', recipe(...paddedGzip(131_072, 1_024))),
        },
        apart: {
            'limit: gzip of 131,072 in 1,023': sent('gzip', recipe(...paddedGzip(131_072, 1_023))),
        },
    });
    vectors.family('5', 'limit: 131,073 zeros', plain(131_073), 'a ratio of 128, and one octet more', {
        domain: '00',
        same: {
            'limit: gzip of 131,073 in 1,025': sent('gzip', recipe(...paddedGzip(131_073, 1_025))),
        },
        apart: {
            'limit: gzip of 131,073 in 1,024': sent('gzip', recipe(...paddedGzip(131_073, 1_024))),
        },
    });
    vectors.family('5', 'limit: 16,777,216 zeros', plain(16_777_216), 'at most 16,777,216 octets are decoded', {
        domain: '00',
        same: {
            'limit: gzip of 16,777,216': sent('gzip', recipe(...paddedGzip(16_777_216, 140_000))),
        },
    });
    vectors.family('5', 'limit: 16,777,217 zeros', plain(16_777_217), 'one more is not; content without a coding has no limit of its own', {
        domain: '00',
        apart: {
            'limit: gzip of 16,777,217': sent('gzip', recipe(...paddedGzip(16_777_217, 140_000))),
        },
    });
}
