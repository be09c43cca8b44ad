// What every section of docs/cache-key.md builds on: section 1's notation, and characters.
// Strings stand for octets here: one character, U+0000 to U+00FF, per octet (latin1).

export function u8(n) {
    return Buffer.from([n]);
}

export function u32(n) {
    const octets = Buffer.alloc(4);
    octets.writeUInt32BE(n);
    return octets;
}

export function bytes(x) {
    const octets = toOctets(x);
    return Buffer.concat([u32(octets.length), octets]);
}

// undefined is absent; empty octets are present.
export function option(x) {
    return x === undefined ? u8(0) : Buffer.concat([u8(1), bytes(x)]);
}

export function toOctets(x) {
    if (typeof x !== 'string') return x;
    for (let i = 0; i < x.length; i++)
        if (x.charCodeAt(i) > 0xff) throw new Error('a string with a character above U+00FF is no octets');
    return Buffer.from(x, 'latin1');
}

// The letters A to Z and a to z alone: toLowerCase() would change the octets from 0xC0, too.
export function lower(text) {
    return text.replace(/[A-Z]/g, letter => letter.toLowerCase());
}

export function upper(text) {
    return text.replace(/[a-z]/g, letter => letter.toUpperCase());
}

// Whitespace of a field is space and tab, nothing else: trim() would take U+00A0 as well.
export function trim(text) {
    let start = 0;
    let end = text.length;
    while (start < end && isSpace(text[start])) start++;
    while (end > start && isSpace(text[end - 1])) end--;
    return text.slice(start, end);
}

export function isSpace(character) {
    return character === ' ' || character === '\t';
}

export function isHexDigit(octet) {
    return (octet >= 0x30 && octet <= 0x39) || (octet >= 0x41 && octet <= 0x46) || (octet >= 0x61 && octet <= 0x66);
}

export function hexValue(octet) {
    if (octet <= 0x39) return octet - 0x30;
    return (octet & 0x0f) + 9;
}

// Orders strings of octets: octet by octet, the shorter first where one is the start of the other.
export function compareOctets(a, b) {
    return a < b ? -1 : a > b ? 1 : 0;
}

// Octets written one at a time or in runs, in a buffer that doubles.
export class Writer {
    #buffer = Buffer.allocUnsafe(32);
    length = 0;

    byte(octet) {
        if (this.length === this.#buffer.length) this.#grow(1);
        this.#buffer[this.length++] = octet;
    }

    run(octets) {
        if (this.length + octets.length > this.#buffer.length) this.#grow(octets.length);
        this.#buffer.set(octets, this.length);
        this.length += octets.length;
    }

    copy(start = 0, end = this.length) {
        return Buffer.from(this.#buffer.subarray(start, end));
    }

    text(start = 0, end = this.length) {
        return this.#buffer.latin1Slice(start, end);
    }

    #grow(wanted) {
        const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.length + wanted));
        larger.set(this.#buffer.subarray(0, this.length));
        this.#buffer = larger;
    }
}
