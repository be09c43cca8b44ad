// Section 5 of docs/cache-key.md: codings. node:zlib decodes; where the stream ends, what stands around it and
// whether the checksums are right is looked at here.

import { inflateRawSync } from 'node:zlib';

const MAX_DECODED = 16_777_216;
const FREE_DECODED = 65_536;
const MAX_RATIO = 128;

// The decoded octets, or undefined where the coding is not removed.
export function removeCoding(coding, octets) {
    const limit = Math.min(MAX_DECODED, Math.max(FREE_DECODED, MAX_RATIO * octets.length));
    switch (coding) {
        case 'gzip': return removeGzip(octets, limit);
        case 'deflate': return removeZlib(octets, limit);
        default: return undefined;
    }
}

// RFC 1952. One member, from the first octet to the last.
function removeGzip(octets, limit) {
    const start = gzipHeaderLength(octets);
    if (start === undefined || octets.length < start + 8) return undefined;
    const decoded = inflateWhole(octets.subarray(start, -8), limit);
    if (decoded === undefined) return undefined;
    const isRight = octets.readUInt32LE(octets.length - 8) === crc32(decoded)
        && octets.readUInt32LE(octets.length - 4) === decoded.length;
    return isRight ? decoded : undefined;
}

function gzipHeaderLength(octets) {
    const FHCRC = 0x02, FEXTRA = 0x04, FNAME = 0x08, FCOMMENT = 0x10, RESERVED = 0xe0;
    if (octets.length < 10 || octets[0] !== 0x1f || octets[1] !== 0x8b || octets[2] !== 8) return undefined;
    const flags = octets[3];
    if (flags & (FHCRC | RESERVED)) return undefined;
    let at = 10;
    if (flags & FEXTRA) {
        if (octets.length < at + 2) return undefined;
        at += 2 + octets.readUInt16LE(at);
    }
    for (const flag of [FNAME, FCOMMENT]) {
        if (!(flags & flag)) continue;
        const end = octets.indexOf(0, at);
        if (end < 0) return undefined;
        at = end + 1;
    }
    return at;
}

// RFC 1950.
function removeZlib(octets, limit) {
    if (octets.length < 6) return undefined;
    const [cmf, flags] = octets;
    const isHeader = (cmf * 256 + flags) % 31 === 0 && (cmf & 0x0f) === 8 && cmf >> 4 <= 7 && !(flags & 0x20);
    if (!isHeader) return undefined;
    const decoded = inflateWhole(octets.subarray(2, -4), limit);
    if (decoded === undefined) return undefined;
    return octets.readUInt32BE(octets.length - 4) === adler32(decoded) ? decoded : undefined;
}

// The decoded octets where the stream is sound and takes exactly all of the octets. A cut stream and one that
// decodes to more than the limit throw; bytesWritten counts what the decoder took, up to the end of the stream.
function inflateWhole(octets, limit) {
    let result;
    try {
        result = inflateRawSync(octets, { info: true, maxOutputLength: limit });
    } catch (error) {
        if (error.code?.startsWith('Z_') || error.code?.startsWith('ERR_')) return undefined;
        throw error;
    }
    return result.engine.bytesWritten === octets.length ? result.buffer : undefined;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n;
});

export function crc32(octets) {
    let crc = 0xffffffff;
    for (let i = 0; i < octets.length; i++) crc = CRC_TABLE[(crc ^ octets[i]) & 0xff] ^ (crc >>> 8);
    return (crc ^ 0xffffffff) >>> 0;
}

export function adler32(octets) {
    let a = 1;
    let b = 0;
    for (let i = 0; i < octets.length; i++) {
        a = (a + octets[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b * 65536 + a;
}
