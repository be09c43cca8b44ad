// A second implementation of docs/cache-key.md, sections 2 to 7, written from that page alone and in its order. It is naive on
// purpose: it holds the whole content and favours reading over speed. Section 10 of the page says what a request looks like here.

import { createHash } from 'node:crypto';
import { removeCoding } from './naive-codings.mjs';
import { rewriteJson } from './naive-json.mjs';
import { bytes, compareOctets, isSpace, lower, option, trim, u32, u8, upper } from './naive-octets.mjs';

const EXACT = 0x00;
const JSON_AS_IT_STANDS = 0x01;
const JSON_SORTED = 0x02;
const OWN = 0x40;

// Section 2: the key, and on the way to it the domain and the content that was hashed.
export function explain(request) {
    const fields = request.fields ?? [];
    const { authority, target } = originForm(request);
    const { domain, octets, codingRemoved } = content(request, fields);
    const preimage = Buffer.concat([
        u8(1),
        u8(0),
        bytes(upper(request.method)),
        bytes(request.scheme),
        bytes(authority),
        bytes(target),
        lines(fields, 'content-type'),
        codingRemoved ? u32(0) : lines(fields, 'content-encoding'),
        lines(fields, 'content-language'),
        lines(fields, 'content-location'),
        routing(request.routing ?? []),
        option(partition(request.partition)),
        u8(domain),
        sha256(u8(domain), octets),
    ]);
    return { key: sha256(preimage).toString('hex'), domain, octets, preimage };
}

export function sha256(...parts) {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return hash.digest();
}

// Section 1: lines(f).

export function fieldLines(fields, name) {
    return fields.filter(field => lower(field[0]) === name).map(field => trim(field[1]));
}

function lines(fields, name) {
    const found = fieldLines(fields, name);
    return Buffer.concat([u32(found.length), ...found.map(bytes)]);
}

// Section 3: a target in absolute form names the authority, too.
export function originForm({ authority, target }) {
    const start = target.indexOf('://');
    if (target.startsWith('/') || start <= 0) return { authority, target };
    const rest = target.slice(start + 3);
    const end = rest.search(/[/?]/);
    if (end < 0) return { authority: rest, target: '/' };
    return { authority: rest.slice(0, end), target: rest[end] === '/' ? rest.slice(end) : '/' + rest.slice(end) };
}

// Section 4: routing headers.
function routing(fields) {
    const names = [...new Set(fields.map(field => lower(field[0])))].sort(compareOctets);
    return Buffer.concat([u32(names.length), ...names.map(name => Buffer.concat([bytes(name), lines(fields, name)]))]);
}

// Section 6: content.

function content(request, fields) {
    const received = contentOctets(request.content);
    const asReceived = { domain: EXACT, octets: received, codingRemoved: false };
    if (asksForNoTransform(fields)) return asReceived;
    if (['content-digest', 'repr-digest', 'signature-input'].some(name => fieldLines(fields, name).length > 0)) return asReceived;

    // Section 5. Without a line there is no coding to remove; where one is left, nothing is normalized.
    const claims = request.claims ?? [];
    const codings = fieldLines(fields, 'content-encoding').map(lower);
    const decoded = codings.length === 1 && claims.includes(codings[0]) ? removeCoding(codings[0], received) : undefined;
    if (codings.length > 0 && decoded === undefined) return asReceived;

    const plain = decoded ?? received;
    const { domain, octets } = normalize(fieldLines(fields, 'content-type'), plain, claims, request.own ?? []) ?? { domain: EXACT, octets: plain };
    return { domain, octets, codingRemoved: decoded !== undefined };
}

// { domain, octets }, or undefined where no normalizer is asked, or the one that is refuses.
function normalize(types, octets, claims, own) {
    const mediaType = types.length === 1 ? parseMediaType(types[0]) : undefined;
    if (mediaType === undefined || mediaType.charsets.length > 1) return undefined;

    const first = own.find(normalizer => normalizer.type === mediaType.type);
    if (first !== undefined)
        return first.writes === null ? undefined : { domain: OWN, octets: Buffer.concat([bytes(Buffer.from(first.name)), Buffer.from(first.writes, 'base64')]) };

    const isJson = mediaType.type === 'application/json' || mediaType.type.endsWith('+json');
    const isUtf8 = mediaType.charsets.length === 0 || ['utf-8', '"utf-8"'].includes(lower(mediaType.charsets[0]));
    if (!isJson || !isUtf8) return undefined;

    const sorted = claims.includes('json-member-order') ? rewriteJson(octets, true) : undefined;
    if (sorted !== undefined) return { domain: JSON_SORTED, octets: sorted };
    const spelled = claims.includes('json-spelling') || claims.includes('json-member-order') ? rewriteJson(octets, false) : undefined;
    return spelled && { domain: JSON_AS_IT_STANDS, octets: spelled };
}

// RFC 9110 section 8.3.1: the type in lower case and the raw values of charset, or undefined where the line is no media type.
function parseMediaType(line) {
    const token = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
    const quoted = /"(?:[\t !#-[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"/y;
    let at = 0;

    function take(pattern) {
        pattern.lastIndex = at;
        const found = pattern.exec(line)?.[0] ?? '';
        at += found.length;
        return found;
    }

    function spaces() {
        while (isSpace(line[at])) at++;
    }

    const type = take(token);
    if (type === '' || line[at++] !== '/') return undefined;
    const subtype = take(token);
    if (subtype === '') return undefined;

    const charsets = [];
    while (at < line.length) {
        spaces();
        if (line[at++] !== ';') return undefined;
        spaces();
        const name = take(token);
        if (name === '') continue; // an empty parameter; what stands here must then be the next ";" or the end
        if (line[at++] !== '=') return undefined;
        const value = take(token) || take(quoted);
        if (value === '') return undefined;
        if (lower(name) === 'charset') charsets.push(value);
    }
    return { type: lower(type + '/' + subtype), charsets };
}

// Cache-Control: a list of directives, of which only the name counts; a comma within quotes ends none.
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

// Section 7: the octets, or what HttpQuery makes them of.
function partition(described) {
    if (described === undefined) return undefined;
    if (typeof described === 'string') return Buffer.from(described, 'base64');
    if (described.length === 0) return undefined;
    return Buffer.concat(described.flatMap(([name, value]) => [bytes(name), bytes(Buffer.from(value, name === 'user' ? 'base64' : 'utf8'))]));
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
