// How the vectors are written down: families of one anchor, what shares its key, and what must not.

import { answer } from '../answer.mjs';

export function b64(octets) {
    return Buffer.from(octets).toString('base64');
}

// Content from text (in UTF-8) or octets.
export function text(content) {
    return b64(content);
}

// A recipe of section 10 from parts [octets or text, count] and [before, count, after].
export function recipe(...parts) {
    return { repeat: parts.map(([part, count, after]) => after === undefined ? [b64(part), count] : [b64(part), count, b64(after)]) };
}

// A request to https://a.test/q. What is undefined is left out, so that JSON does not show it.
export function ask(changes = {}) {
    const request = { method: 'QUERY', scheme: 'https', authority: 'a.test', target: '/q', fields: [], ...changes };
    return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
}

// A request with this Content-Type and content (text, octets or a recipe), and more fields behind it.
export function send(type, content, { fields = [], ...changes } = {}) {
    const isOctets = typeof content === 'string' || content instanceof Uint8Array;
    return ask({ fields: [['Content-Type', type], ...fields], content: isOctets ? text(content) : content, ...changes });
}

export const SPELLING = ['json-spelling'];
export const MEMBER_ORDER = ['json-member-order'];
export const ALL_CLAIMS = ['json-spelling', 'gzip', 'deflate'];

// JSON whose reader does not see how it is spelled, nor its coding.
export function json(content, changes) {
    return send('application/json', content, { claims: ALL_CLAIMS, ...changes });
}

// The same without a claim.
export function bare(content, changes) {
    return send('application/json', content, changes);
}

export class Vectors {
    all = [];
    #byName = new Map();

    // same and apart: { name: request } or { name: [request, why] }, in apart with the name of a vector of another family as third
    // where it shares that one's key; sameAs says this of the anchor. domain is that of the anchor and of what is the same;
    // apartDomain, where given, that of everything in apart.
    family(section, name, request, why, { sameAs, same = {}, apart = {}, domain, apartDomain } = {}) {
        this.#add({ section, name, request, why, sameAs, domain });
        for (const [other, [asked, reason]] of entries(same))
            this.#add({ section, name: other, request: asked, why: reason ?? why, sameAs: name, domain });
        for (const [other, [asked, reason, known]] of entries(apart))
            this.#add({ section, name: other, request: asked, why: reason ?? why, sameAs: known, differsFrom: [name], domain: apartDomain });
    }

    #add({ name, section, request, domain: expected, sameAs = null, differsFrom = [], why }) {
        if (this.#byName.has(name)) throw new Error(`two vectors are named ${name}`);
        const { key, domain } = answer(request);
        // What the author of the family expects, so that a mistake of the second implementation does not become a vector.
        if (expected !== undefined && domain !== expected) throw new Error(`${name}: domain ${domain}, not ${expected}`);
        const vector = { name, section, request, domain, key, sameAs, differsFrom, why };
        this.#byName.set(name, vector);
        this.all.push(vector);
    }
}

function entries(group) {
    return Object.entries(group).map(([name, value]) => [name, Array.isArray(value) ? value : [value]]);
}
