// A second implementation of docs/cache-key.md, written from that page alone and in its order. It is naive on purpose: it
// holds the whole content and favours reading over speed. Section 10 of the page says what a request looks like here.

import { createHash } from 'node:crypto';
import { removeCoding } from './naive-codings.mjs';
import { formDomain, rewriteForm } from './naive-form.mjs';
import { rewriteJson } from './naive-json.mjs';
import { bytes, compareOctets, hexValue, isSpace, lower, option, trim, u32, u8, upper } from './naive-octets.mjs';

const EXACT = 0x00;
const JSON_AS_IT_STANDS = 0x01;
const JSON_SORTED = 0x02;
const NO_TRANSFORM = 0x06;

export function primaryKey(request) {
    return explain(request).key;
}

// Section 8. The names need not be in lower case, ordered or unique: this makes them so.
export function secondaryKey(keyHex, names, fields) {
    const unique = [...new Set(names.map(lower))].sort(compareOctets);
    if (unique.includes('*')) throw new Error('Vary: * has no secondary key');
    const parts = unique.map(name => Buffer.concat([bytes(name), lines(fields, name)]));
    return sha256(u8(1), u8(1), Buffer.from(keyHex, 'hex'), u32(unique.length), ...parts).toString('hex');
}

// Section 2: the key, and on the way to it the domain and the octets that were hashed.
export function explain(request) {
    const { path, query } = splitTarget(request.target);
    const fields = request.fields ?? [];
    const { domain, octets, mediaType, codingRemoved } = content(request, fields);
    const contentDigest = sha256(u8(domain), octets);
    const preimage = Buffer.concat([
        u8(1),
        u8(0),
        bytes(upper(request.method)),
        bytes(lower(request.scheme)),
        bytes(authority(request)),
        bytes(path),
        option(query),
        mediaType,
        codingRemoved ? u32(0) : lines(fields, 'content-encoding'),
        lines(fields, 'content-language'),
        lines(fields, 'content-location'),
        option(request.partition === undefined ? undefined : Buffer.from(request.partition, 'base64')),
        u8(domain),
        contentDigest,
    ]);
    return { key: sha256(preimage).toString('hex'), domain, octets, preimage };
}

function sha256(...parts) {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return hash.digest();
}

// Section 1: lines(f).

function fieldLines(fields, name) {
    return fields.filter(field => lower(field[0]) === name).map(field => trim(field[1]));
}

function lines(fields, name) {
    const found = fieldLines(fields, name);
    return Buffer.concat([u32(found.length), ...found.map(bytes)]);
}

// Section 3: method and target.

function authority(request) {
    const host = lower(request.authority);
    const colon = host.lastIndexOf(':');
    if (colon < 0) return host;
    const name = host.slice(0, colon);
    const port = host.slice(colon + 1);
    // With another colon before it, and no bracket, this one does not begin a port.
    if (name.includes(':') && !name.endsWith(']')) return host;
    const scheme = lower(request.scheme);
    const byDefault = port === '' || (scheme === 'http' && port === '80') || (scheme === 'https' && port === '443');
    return byDefault ? name : host;
}

function splitTarget(target) {
    const mark = target.indexOf('?');
    const path = mark < 0 ? target : target.slice(0, mark);
    const query = mark < 0 ? undefined : target.slice(mark + 1);
    return { path: normalizePath(path), query };
}

function normalizePath(path) {
    if (/%(?![0-9A-Fa-f]{2})/.test(path)) return path;
    if (path === '') path = '/';
    path = resolveUnreserved(path);
    return path.startsWith('/') ? removeDotSegments(path) : path;
}

function resolveUnreserved(path) {
    let result = '';
    for (let i = 0; i < path.length; i++) {
        if (path[i] !== '%') {
            result += path[i];
            continue;
        }
        const character = String.fromCharCode(hexValue(path.charCodeAt(i + 1)) * 16 + hexValue(path.charCodeAt(i + 2)));
        result += /[A-Za-z0-9\-._~]/.test(character) ? character : '%' + upper(path.slice(i + 1, i + 3));
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

// Section 4: media type. What parses becomes { type, parameters }, anything else undefined.

function parseMediaType(line) {
    let at = 0;
    const isToken = character => character !== undefined && /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(character);

    function token() {
        const start = at;
        while (isToken(line[at])) at++;
        return line.slice(start, at);
    }

    function spaces() {
        while (isSpace(line[at])) at++;
    }

    // The opening quote is at `at`. Octets from 0x80, tab and space to "~" are allowed, escaped or not.
    function quotedString() {
        let value = '';
        for (at++; at < line.length; at++) {
            if (line[at] === '"') {
                at++;
                return value;
            }
            if (line[at] === '\\') at++;
            if (at === line.length || !/[\t\x20-\x7e\x80-\xff]/.test(line[at])) return undefined;
            value += line[at];
        }
        return undefined;
    }

    const type = token();
    if (type === '' || line[at++] !== '/') return undefined;
    const subtype = token();
    if (subtype === '') return undefined;

    const parameters = new Map();
    while (at < line.length) {
        spaces();
        if (line[at++] !== ';') return undefined;
        spaces();
        if (!isToken(line[at])) continue; // an empty parameter; what stands here must then be the next ";" or the end
        const name = lower(token());
        if (line[at++] !== '=') return undefined;
        const value = line[at] === '"' ? quotedString() : token() || undefined;
        if (value === undefined || parameters.has(name)) return undefined;
        parameters.set(name, name === 'charset' ? lower(value) : value);
    }
    return { type: lower(type + '/' + subtype), parameters };
}

function encodeMediaType(parsed) {
    const names = [...parsed.parameters.keys()].sort(compareOctets);
    const parameters = names.map(name => Buffer.concat([bytes(name), bytes(parsed.parameters.get(name))]));
    return Buffer.concat([u8(1), bytes(parsed.type), u32(names.length), ...parameters]);
}

// Section 6: content.

function content(request, fields) {
    const received = contentOctets(request.content);
    const typeLines = fieldLines(fields, 'content-type');
    const asSent = typeLines.length === 0 ? u8(0) : Buffer.concat([u8(2), lines(fields, 'content-type')]);

    if (asksForNoTransform(fields)) return { domain: NO_TRANSFORM, octets: received, mediaType: asSent, codingRemoved: false };

    const parsed = typeLines.length === 1 ? parseMediaType(typeLines[0]) : undefined;
    const mediaType = parsed ? encodeMediaType(parsed) : asSent;

    const speaksOfOctets = ['content-digest', 'repr-digest', 'signature-input'].some(name => fieldLines(fields, name).length > 0);
    if (speaksOfOctets) return { domain: EXACT, octets: received, mediaType, codingRemoved: false };

    // Section 5. Without a line there is no coding to remove; with one that stays, the octets as received count.
    const codings = fieldLines(fields, 'content-encoding');
    const decoded = codings.length === 1 ? removeCoding(lower(codings[0]), received) : undefined;
    if (codings.length > 0 && decoded === undefined) return { domain: EXACT, octets: received, mediaType, codingRemoved: false };

    const plain = decoded ?? received;
    const normalized = parsed ? normalize(parsed, plain, request.optIns ?? []) : undefined;
    const { domain, octets } = normalized ?? { domain: EXACT, octets: plain };
    return { domain, octets, mediaType, codingRemoved: decoded !== undefined };
}

// { domain, octets }, or undefined where nothing normalizes this media type or the normalizer refuses the content.
function normalize({ type, parameters }, octets, optIns) {
    const charset = parameters.get('charset');
    if (charset !== undefined && charset !== 'utf-8') return undefined;

    if (type === 'application/json' || type.endsWith('+json')) {
        const sorted = optIns.includes('json-member-order') ? rewriteJson(octets, true) : undefined;
        if (sorted !== undefined) return { domain: JSON_SORTED, octets: sorted };
        const plain = rewriteJson(octets, false);
        return plain && { domain: JSON_AS_IT_STANDS, octets: plain };
    }

    if (type === 'application/x-www-form-urlencoded') {
        const domain = formDomain(optIns);
        const written = domain && rewriteForm(octets, optIns);
        return written && { domain, octets: written };
    }
    return undefined;
}

// Section 6, Cache-Control: a list of directives, of which only the name counts; a comma within quotes ends none.
function asksForNoTransform(fields) {
    return fieldLines(fields, 'cache-control').some(line =>
        splitList(line).some(directive => lower(trim(directive.split('=')[0])) === 'no-transform'));
}

function splitList(line) {
    const members = [''];
    let quoted = false;
    for (let i = 0; i < line.length; i++) {
        if (!quoted && line[i] === ',') {
            members.push('');
            continue;
        }
        if (quoted && line[i] === '\\') members[members.length - 1] += line[i++];
        else if (line[i] === '"') quoted = !quoted;
        members[members.length - 1] += line[i] ?? '';
    }
    return members;
}

// Section 10: base64, or parts that are repeated or counted. No content is the same as empty content.
export function contentOctets(described) {
    if (described === undefined || described === null) return Buffer.alloc(0);
    if (typeof described === 'string') return Buffer.from(described, 'base64');
    return Buffer.concat(described.repeat.map(part => part.length === 3 ? counted(part) : repeated(part)));
}

function repeated([base64, count]) {
    const once = Buffer.from(base64, 'base64');
    return once.length === 0 ? once : Buffer.alloc(once.length * count, once);
}

function counted([before, count, after]) {
    const [start, end] = [Buffer.from(before, 'base64'), Buffer.from(after, 'base64')];
    return Buffer.concat(Array.from({ length: count }, (_, i) => Buffer.concat([start, Buffer.from(String(i)), end])));
}
