// What the second implementation says of a request of section 10: the key (null where there is none) and the domain.

import { explain } from './naive-key.mjs';
import { resourceKey } from './naive-resource.mjs';
import { secondaryKey } from './naive-secondary.mjs';

export function answer(described) {
    const request = described.text ? encode(described) : described;
    if (request.resource) return { key: resourceKey(request), domain: null };
    const { key, domain } = explain(request);
    const { secondary } = request;
    return {
        key: secondary ? secondaryKey(key, secondary.vary, secondary.fields ?? []) : key,
        domain: domain.toString(16).padStart(2, '0'),
    };
}

// Text counts in UTF-8, and half of a surrogate pair is refused.
function encode(request) {
    const { method, scheme, authority, target, fields = [], routing = [] } = request;
    const all = [method, scheme, authority, target, ...fields.flat(), ...routing.flat(), ...(request.secondary?.vary ?? []), ...(request.secondary?.fields ?? []).flat()];
    if (!all.every(text => !/\p{Surrogate}/u.test(text))) throw new Error('half of a surrogate pair');
    const utf8 = text => Buffer.from(text).toString('latin1');
    const lines = fields => fields.map(([name, value]) => [utf8(name), utf8(value)]);
    return {
        ...request,
        method: utf8(method), scheme: utf8(scheme), authority: utf8(authority), target: utf8(target),
        fields: lines(fields), routing: lines(routing),
        secondary: request.secondary && { vary: request.secondary.vary.map(utf8), fields: lines(request.secondary.fields ?? []) },
    };
}
