// Section 9 of docs/cache-key.md: the key of a resource.

import { bytes, isHexDigit, lower, u8 } from './naive-octets.mjs';
import { originForm, sha256 } from './naive-key.mjs';

const DEFAULT_PORTS = { http: '80', ws: '80', https: '443', wss: '443' };

export function resourceKey(request) {
    const { authority, target } = originForm(request);
    const scheme = lower(request.scheme);
    const mark = target.indexOf('?');
    const { path, fragment } = spellPath(mark < 0 ? target : target.slice(0, mark));
    const query = mark < 0 || fragment ? '' : spellQuery(target.slice(mark + 1));
    return sha256(u8(1), u8(2), bytes(scheme), bytes(spellAuthority(authority, scheme)), bytes(path), bytes(query)).toString('hex');
}

// "Resolved": until no escape is left. A plain loop, because what an escape becomes can be part of another one.
export function resolve(text) {
    for (;;) {
        const next = text.replace(/%([0-9A-Fa-f]{2})/g, (_, digits) => String.fromCharCode(parseInt(digits, 16)));
        if (next === text) return text;
        text = next;
    }
}

// "Folded", over octets.
export function fold(text) {
    const octets = Buffer.from(text, 'latin1');
    const result = [];
    for (let at = 0; at < octets.length;) {
        const length = sequenceLength(octets, at);
        const sequence = octets.subarray(at, at + Math.max(1, length));
        result.push(length > 0 ? Buffer.from(foldCharacter(sequence.toString('utf8'))) : sequence);
        at += sequence.length;
    }
    return Buffer.concat(result).toString('latin1');
}

function foldCharacter(character) {
    const code = character.codePointAt(0);
    if (code >= 0x10000) return '\u{10000}';
    if (code === 0x131 || code === 0x17f) return character;
    // The simple mappings of Unicode. JavaScript has the full ones, which are others only where the result has several characters: then there
    // is no simple one, or (for Greek with iota subscript) it leads to a letter whose lower case is where this one started.
    const large = character.toUpperCase();
    const middle = [...large].length === 1 ? large : character;
    const small = middle.toLowerCase();
    return [...small].length === 1 ? small : middle;
}

// The length of the well-formed UTF-8 sequence at this place, or 0 (RFC 3629, section 4).
function sequenceLength(octets, at) {
    const first = octets[at];
    const length = first < 0x80 ? 1 : first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
    if (length < 2) return length;
    const second = { 0xe0: [0xa0, 0xbf], 0xed: [0x80, 0x9f], 0xf0: [0x90, 0xbf], 0xf4: [0x80, 0x8f] }[first] ?? [0x80, 0xbf];
    for (let i = 1; i < length; i++) {
        const [least, most] = i === 1 ? second : [0x80, 0xbf];
        if (!(octets[at + i] >= least && octets[at + i] <= most)) return 0;
    }
    return length;
}

function spellAuthority(authority, scheme) {
    let host = fold(resolve(authority));
    host = host.slice(host.lastIndexOf('@') + 1);
    let port = '';
    const colon = host.lastIndexOf(':');
    if (colon >= 0 && colon > host.lastIndexOf(']')) {
        port = host.slice(colon + 1);
        host = host.slice(0, colon);
        if (/^[0-9]*$/.test(port)) port = port.replace(/^0+/, '');
        if (port === DEFAULT_PORTS[scheme]) port = '';
    }
    if (host.endsWith('.')) host = host.slice(0, -1);
    return port === '' ? host : `${host}:${port}`;
}

function spellPath(path) {
    if (!path.startsWith('/')) path = '/' + path;
    path = resolveOnce(path);
    path = removeDotSegments(path);
    path = resolve(path);
    const [whole, ...fragments] = path.split('#');
    const kept = [];
    for (const segment of whole.replaceAll('\\', '/').split('/')) {
        if (segment === '..') kept.pop();
        else if (segment !== '' && segment !== '.') kept.push(segment);
    }
    return { path: fold('/' + kept.join('/')), fragment: fragments.length > 0 };
}

function resolveOnce(text) {
    let result = '';
    for (let i = 0; i < text.length; i++) {
        const isEscape = text[i] === '%' && i + 2 < text.length && isHexDigit(text.charCodeAt(i + 1)) && isHexDigit(text.charCodeAt(i + 2));
        const code = isEscape ? parseInt(text.slice(i + 1, i + 3), 16) : 0;
        if (!isEscape || code === 0x2f) {
            result += text[i];
            continue;
        }
        result += String.fromCharCode(code);
        i += 2;
    }
    return result;
}

// RFC 3986 section 5.2.4 for a path that begins with "/": a list of segments, each with the "/" before it.
function removeDotSegments(path) {
    const segments = path.split('/').slice(1);
    const output = [];
    segments.forEach((segment, i) => {
        const isLast = i === segments.length - 1;
        if (segment === '..') output.pop();
        else if (segment !== '.') output.push(segment);
        // "/." and "/.." at the end leave their "/".
        if (isLast && (segment === '.' || segment === '..')) output.push('');
    });
    return '/' + output.join('/');
}

function spellQuery(query) {
    return fold(resolve(query.replaceAll('+', ' ')).split('#')[0]);
}
