// Section 6.3 of docs/cache-key.md: forms.

import { compareOctets, hexValue, isHexDigit, Writer } from './naive-octets.mjs';

const MAX_OCTETS = 16_777_216;
const [AMPERSAND, EQUALS, PLUS, PERCENT] = [0x26, 0x3d, 0x2b, 0x25];
const UPPER_HEX = Buffer.from('0123456789ABCDEF');

// undefined where neither was asked for.
export function formDomain(optIns) {
    const escapes = optIns.includes('form-escapes');
    const pairOrder = optIns.includes('form-pair-order');
    if (escapes && pairOrder) return 0x05;
    return escapes ? 0x03 : pairOrder ? 0x04 : undefined;
}

// The octets that are hashed, or undefined where the content is refused.
export function rewriteForm(octets, optIns) {
    if (octets.length > MAX_OCTETS || !escapesAreWhole(octets)) return undefined;
    const escapes = optIns.includes('form-escapes');
    const out = new Writer();
    let first = true;
    const write = (start, end) => {
        if (!first) out.byte(AMPERSAND);
        first = false;
        const pair = octets.subarray(start, end);
        if (escapes) writeAnew(pair, out);
        else out.run(pair);
    };

    if (!optIns.includes('form-pair-order')) {
        eachPair(octets, write);
        return out.copy();
    }

    // Pairs of equal names keep their order: they go into one list, as [start, end, start, end, ...].
    const byName = new Map();
    eachPair(octets, (start, end) => {
        const pair = octets.subarray(start, end);
        const name = resolve(pair.subarray(0, nameLength(pair)));
        if (!byName.has(name)) byName.set(name, []);
        byName.get(name).push(start, end);
    });
    for (const name of [...byName.keys()].sort(compareOctets)) {
        const places = byName.get(name);
        for (let i = 0; i < places.length; i += 2) write(places[i], places[i + 1]);
    }
    return out.copy();
}

// Calls visit(start, end) for what stands between "&" and "&", also where that is nothing.
function eachPair(octets, visit) {
    let start = 0;
    for (let i = 0; i <= octets.length; i++) {
        if (i < octets.length && octets[i] !== AMPERSAND) continue;
        visit(start, i);
        start = i + 1;
    }
}

function nameLength(pair) {
    const equals = pair.indexOf(EQUALS);
    return equals < 0 ? pair.length : equals;
}

function escapesAreWhole(octets) {
    for (let i = 0; i < octets.length; i++)
        if (octets[i] === PERCENT && !(isHexDigit(octets[i + 1]) && isHexDigit(octets[i + 2]))) return false;
    return true;
}

// The octets of a name or a value with "+" and escapes resolved, as a string of octets.
function resolve(octets) {
    const resolved = new Writer();
    for (let i = 0; i < octets.length; i++) {
        if (octets[i] === PERCENT) {
            resolved.byte(hexValue(octets[i + 1]) * 16 + hexValue(octets[i + 2]));
            i += 2;
        } else {
            resolved.byte(octets[i] === PLUS ? 0x20 : octets[i]);
        }
    }
    return resolved.text();
}

// The first "=" stays where it stood; everything else is resolved and written one way.
function writeAnew(pair, out) {
    const length = nameLength(pair);
    writeEscaped(resolve(pair.subarray(0, length)), out);
    if (length === pair.length) return;
    out.byte(EQUALS);
    writeEscaped(resolve(pair.subarray(length + 1)), out);
}

function writeEscaped(text, out) {
    for (let i = 0; i < text.length; i++) {
        const octet = text.charCodeAt(i);
        if (/[A-Za-z0-9*\-._]/.test(text[i])) {
            out.byte(octet);
        } else if (octet === 0x20) {
            out.byte(PLUS);
        } else {
            out.byte(PERCENT);
            out.byte(UPPER_HEX[octet >> 4]);
            out.byte(UPPER_HEX[octet & 15]);
        }
    }
}
