// Sections 6.1 and 6.2 of docs/cache-key.md: JSON, read by recursive descent over octets.

import { compareOctets, hexValue, isHexDigit, lower, Writer } from './naive-octets.mjs';

const MAX_DEPTH = 64;
const MAX_MEMBERS = 65_536;
const MAX_NAME_OCTETS = 1_048_576;
const MAX_OCTETS = 16_777_216;

class Refused extends Error {}

// The octets that are hashed, or undefined where the content is refused (6.1) or its order has to count after all (6.2).
// The charset parameter is the caller's to judge.
export function rewriteJson(octets, sortMembers) {
    if (octets.length > MAX_OCTETS || !isUtf8(octets)) return undefined;
    try {
        return new JsonRewriter(octets, sortMembers).rewrite();
    } catch (error) {
        if (error instanceof Refused) return undefined;
        throw error;
    }
}

class JsonRewriter {
    #in;
    #at = 0;
    #out = new Writer();
    #sortMembers;
    #depth = 0;
    #openNameOctets = 0;

    constructor(octets, sortMembers) {
        this.#in = octets;
        this.#sortMembers = sortMembers;
    }

    rewrite() {
        // A byte order mark needs no rule of its own: its octets start no value.
        this.#value();
        this.#whitespace();
        if (this.#at !== this.#in.length) throw new Refused();
        return this.#out.copy();
    }

    #value() {
        this.#whitespace();
        switch (this.#peek()) {
            case '{': return this.#nested(() => this.#object());
            case '[': return this.#nested(() => this.#array());
            case '"': return this.#writeString(this.#string());
            case 't': return this.#literal('true');
            case 'f': return this.#literal('false');
            case 'n': return this.#literal('null');
            default: return this.#number();
        }
    }

    #nested(read) {
        if (++this.#depth > MAX_DEPTH) throw new Refused();
        read();
        this.#depth--;
    }

    #array() {
        this.#copy('[');
        this.#whitespace();
        if (this.#peek() === ']') return this.#copy(']');
        while (true) {
            this.#value();
            this.#whitespace();
            if (this.#peek() === ']') return this.#copy(']');
            this.#copy(',');
        }
    }

    #object() {
        this.#copy('{');
        const seen = new Set();
        const members = []; // [name, where it starts in the output, where it ends]
        let nameOctets = 0;
        this.#whitespace();
        if (this.#peek() === '}') return this.#copy('}');
        while (true) {
            this.#whitespace();
            if (this.#peek() !== '"') throw new Refused();
            const start = this.#out.length;
            const octets = this.#string();
            const name = octets.latin1Slice();
            nameOctets += octets.length;
            this.#openNameOctets += octets.length;
            if (this.#openNameOctets > MAX_NAME_OCTETS || seen.size === MAX_MEMBERS || seen.has(name)) throw new Refused();
            seen.add(name);
            this.#writeString(octets);
            this.#whitespace();
            this.#copy(':');
            this.#value();
            if (this.#sortMembers) members.push([name, start, this.#out.length]);
            this.#whitespace();
            if (this.#peek() === '}') break;
            this.#copy(',');
        }
        if (this.#sortMembers) this.#sort(members);
        this.#openNameOctets -= nameOctets;
        this.#copy('}');
    }

    // Section 6.2: the members are in the output already, in their own order.
    #sort(members) {
        if (orderCounts(members.map(member => member[0]))) throw new Refused();
        const written = members.map(([name, start, end]) => [name, this.#out.copy(start, end)]);
        written.sort((a, b) => compareOctets(a[0], b[0]));
        this.#out.length = members[0][1];
        written.forEach(([, octets], i) => {
            if (i > 0) this.#out.byte(0x2c);
            this.#out.run(octets);
        });
    }

    #literal(word) {
        for (const letter of word) this.#copy(letter);
    }

    // [ "-" ] ( "0" / digit1-9 *digit ) [ "." 1*digit ] [ "e" [ "+" / "-" ] 1*digit ], written as it stands.
    #number() {
        if (this.#peek() === '-') this.#copy('-');
        if (this.#peek() === '0') this.#copy('0');
        else this.#digits();
        if (this.#peek() === '.') {
            this.#copy('.');
            this.#digits();
        }
        if (this.#peek() === 'e' || this.#peek() === 'E') {
            this.#copy(this.#peek());
            if (this.#peek() === '+' || this.#peek() === '-') this.#copy(this.#peek());
            this.#digits();
        }
    }

    #digits() {
        const isDigit = () => this.#in[this.#at] >= 0x30 && this.#in[this.#at] <= 0x39;
        if (!isDigit()) throw new Refused();
        while (isDigit()) this.#out.byte(this.#in[this.#at++]);
    }

    // The octets of a string with its escapes resolved.
    #string() {
        const resolved = new Writer();
        this.#at++;
        while (true) {
            const octet = this.#in[this.#at++];
            if (octet === undefined || octet < 0x20) throw new Refused();
            if (octet === 0x22) return resolved.copy();
            if (octet === 0x5c) resolved.run(this.#escape());
            else resolved.byte(octet);
        }
    }

    #escape() {
        const letter = String.fromCharCode(this.#in[this.#at++] ?? 0);
        if (letter === 'u') return this.#escapedCharacter();
        const simple = { '"': 0x22, '\\': 0x5c, '/': 0x2f, b: 0x08, f: 0x0c, n: 0x0a, r: 0x0d, t: 0x09 };
        if (!Object.hasOwn(simple, letter)) throw new Refused();
        return [simple[letter]];
    }

    #escapedCharacter() {
        const first = this.#fourDigits();
        if (first < 0xd800 || first > 0xdfff) return utf8(first);
        if (first > 0xdbff) throw new Refused(); // a low half that no high half came before
        if (this.#in[this.#at++] !== 0x5c || this.#in[this.#at++] !== 0x75) throw new Refused();
        const second = this.#fourDigits();
        if (second < 0xdc00 || second > 0xdfff) throw new Refused();
        return utf8(0x10000 + (first - 0xd800) * 0x400 + (second - 0xdc00));
    }

    #fourDigits() {
        let value = 0;
        for (let i = 0; i < 4; i++) {
            const octet = this.#in[this.#at++];
            if (!isHexDigit(octet)) throw new Refused();
            value = value * 16 + hexValue(octet);
        }
        return value;
    }

    #writeString(octets) {
        this.#out.byte(0x22);
        for (const octet of octets) {
            if (octet < 0x20) {
                this.#out.run(Buffer.from('\\u00' + octet.toString(16).padStart(2, '0')));
            } else {
                if (octet === 0x22 || octet === 0x5c) this.#out.byte(0x5c);
                this.#out.byte(octet);
            }
        }
        this.#out.byte(0x22);
    }

    #whitespace() {
        while ([0x20, 0x09, 0x0a, 0x0d].includes(this.#in[this.#at])) this.#at++;
    }

    // The next octet as a character; '' at the end.
    #peek() {
        return this.#at < this.#in.length ? String.fromCharCode(this.#in[this.#at]) : '';
    }

    // Takes this character, which must be next, and writes it.
    #copy(character) {
        if (this.#peek() !== character) throw new Refused();
        this.#out.byte(this.#in[this.#at++]);
    }
}

// Section 6.2: two names that differ only in case, or a name outside ASCII that is not alone.
function orderCounts(names) {
    const ignoringCase = new Set(names.map(lower));
    return ignoringCase.size < names.length || (names.length > 1 && names.some(name => /[\x80-\xff]/.test(name)));
}

// RFC 3629 section 4, row by row: no overlong forms, no surrogates, nothing above U+10FFFF.
function isUtf8(octets) {
    const isIn = (octet, from, to) => octet >= from && octet <= to;
    for (let i = 0; i < octets.length;) {
        const [a, b, c, d] = [octets[i], octets[i + 1], octets[i + 2], octets[i + 3]];
        if (a <= 0x7f) i += 1;
        else if (isIn(a, 0xc2, 0xdf) && isIn(b, 0x80, 0xbf)) i += 2;
        else if (a === 0xe0 && isIn(b, 0xa0, 0xbf) && isIn(c, 0x80, 0xbf)) i += 3;
        else if (isIn(a, 0xe1, 0xec) && isIn(b, 0x80, 0xbf) && isIn(c, 0x80, 0xbf)) i += 3;
        else if (a === 0xed && isIn(b, 0x80, 0x9f) && isIn(c, 0x80, 0xbf)) i += 3;
        else if (isIn(a, 0xee, 0xef) && isIn(b, 0x80, 0xbf) && isIn(c, 0x80, 0xbf)) i += 3;
        else if (a === 0xf0 && isIn(b, 0x90, 0xbf) && isIn(c, 0x80, 0xbf) && isIn(d, 0x80, 0xbf)) i += 4;
        else if (isIn(a, 0xf1, 0xf3) && isIn(b, 0x80, 0xbf) && isIn(c, 0x80, 0xbf) && isIn(d, 0x80, 0xbf)) i += 4;
        else if (a === 0xf4 && isIn(b, 0x80, 0x8f) && isIn(c, 0x80, 0xbf) && isIn(d, 0x80, 0xbf)) i += 4;
        else return false;
    }
    return true;
}

function utf8(codePoint) {
    return Buffer.from(String.fromCodePoint(codePoint), 'utf8');
}
