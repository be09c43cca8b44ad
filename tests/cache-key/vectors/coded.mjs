// Coded octets for the vectors, written bit by bit, because two releases of a compressor need not write the same.

import { adler32, crc32 } from '../naive-codings.mjs';

// A deflate stream of stored blocks.
export function stored(plain) {
    const blocks = [];
    for (let at = 0; at === 0 || at < plain.length; at += 65_535) {
        const part = plain.subarray(at, at + 65_535);
        const head = Buffer.from([at + part.length === plain.length ? 1 : 0, 0, 0, 0, 0]);
        head.writeUInt16LE(part.length, 1);
        head.writeUInt16LE(part.length ^ 0xffff, 3);
        blocks.push(head, part);
    }
    return Buffer.concat(blocks);
}

// A deflate stream of `count` zeros (1 or more) in one block of fixed codes: the literal 0, then copies of 258 of 13 bits each.
// unusedBits fills what is left of the last octet.
export function zeros(count, unusedBits = 0) {
    const bits = [1, 1, 0];
    const zero = [0, 0, 1, 1, 0, 0, 0, 0];
    const copy258 = [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0];
    const endOfBlock = [0, 0, 0, 0, 0, 0, 0];
    bits.push(...zero);
    for (let left = Math.floor((count - 1) / 258); left > 0; left--) bits.push(...copy258);
    for (let left = (count - 1) % 258; left > 0; left--) bits.push(...zero);
    bits.push(...endOfBlock);
    while (bits.length % 8 !== 0) bits.push(unusedBits);
    return pack(bits);
}

// A deflate stream of one block with codes of its own. lengths: of the code lengths' codes in the order of RFC 1951; literals and distances:
// how long the codes for 0, 1, 2, ... are (0: none), in codes that `write` knows. symbols: the bits of what the block says.
export function ownCodes({ lengths, literals, distances, write, symbols, count = [literals.length, distances.length] }) {
    const bits = [1, 0, 1, ...leastFirst(count[0] - 257, 5), ...leastFirst(count[1] - 1, 5), ...leastFirst(lengths.length - 4, 4)];
    for (const length of lengths) bits.push(...leastFirst(length, 3));
    for (const length of [...literals, ...distances]) bits.push(...write[length]);
    return pack([...bits, ...symbols]);
}

function leastFirst(value, count) {
    return Array.from({ length: count }, (_, i) => value >> i & 1);
}

// A deflate stream that says `plain`, 0x00 to 0x8F, in fixed codes, then copies `length` 3 from `distance` back.
export function literalsThenCopy(plain, distanceCode, extraBits, extra) {
    const bits = [1, 1, 0];
    for (const octet of plain) bits.push(...mostFirst(0x30 + octet, 8));
    bits.push(...mostFirst(1, 7), ...mostFirst(distanceCode, 5));
    for (let i = 0; i < extraBits; i++) bits.push(extra >> i & 1);
    bits.push(...mostFirst(0, 7));
    return pack(bits);
}

function mostFirst(value, count) {
    return Array.from({ length: count }, (_, i) => value >> (count - 1 - i) & 1);
}

function pack(bits) {
    const octets = Buffer.alloc(Math.ceil(bits.length / 8));
    bits.forEach((bit, i) => octets[i >> 3] |= bit << (i & 7));
    return octets;
}

export function gzipHeader({ flags = 0, method = 8, optional = Buffer.alloc(0), time = 0, extraFlags = 0, system = 255 } = {}) {
    return Buffer.concat([Buffer.from([0x1f, 0x8b, method, flags, time, 0, 0, 0, extraFlags, system]), optional]);
}

export function gzipTrailer(plain, { crc = crc32(plain), length = plain.length } = {}) {
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(crc, 0);
    trailer.writeUInt32LE(length, 4);
    return trailer;
}

export function gzip(plain, { stream = stored(plain), trailer, ...header } = {}) {
    return Buffer.concat([gzipHeader(header), stream, gzipTrailer(plain, trailer)]);
}

export function zlib(plain, { stream = stored(plain), header = [0x78, 0x01], checksum = adler32(plain) } = {}) {
    const trailer = Buffer.alloc(4);
    trailer.writeUInt32BE(checksum);
    return Buffer.concat([Buffer.from(header), stream, trailer]);
}

// A gzip member of `count` zeros that takes exactly `length` octets, filled up by a file name, as the parts of a recipe.
export function paddedGzip(count, length) {
    const plain = Buffer.alloc(count);
    const stream = zeros(count);
    const name = length - 10 - 1 - stream.length - 8;
    // Eight copies take 13 octets, so the stream repeats itself from its third octet on.
    const turn = stream.subarray(2, 15);
    let turns = 1;
    while (stream.subarray(2 + turns * 13, 15 + turns * 13).equals(turn)) turns++;
    return [
        [gzipHeader({ flags: 0x08 }), 1], ['n', name], [Buffer.from([0]), 1],
        [stream.subarray(0, 2), 1], [turn, turns], [stream.subarray(2 + turns * 13), 1], [gzipTrailer(plain), 1],
    ];
}
