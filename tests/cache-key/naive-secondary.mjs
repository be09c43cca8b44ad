// Section 8 of docs/cache-key.md: the secondary key.

import { bytes, compareOctets, isSpace, lower, trim, u32, u8 } from './naive-octets.mjs';
import { fieldLines, sha256 } from './naive-key.mjs';

// The key in hexadecimal, or null where the response never matches. Where Vary names nothing, the primary key.
export function secondaryKey(primary, vary, fields) {
    const members = vary.flatMap(line => line.split(',')).map(trim).filter(member => member !== '');
    if (members.some(member => member === '*' || !/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(member))) return null;
    const names = [...new Set(members.map(lower))].sort(compareOctets);
    if (names.length === 0) return primary;
    const parts = names.map(name => Buffer.concat([bytes(name), value(name, fieldLines(fields, name))]));
    return sha256(u8(1), u8(1), Buffer.from(primary, 'hex'), u32(names.length), ...parts).toString('hex');
}

function value(name, lines) {
    if (lines.length === 0) return u32(0);
    const joined = name === 'cookie' ? lines.join('; ') : withoutSpacesAroundCommas(lines.join(', '));
    return Buffer.concat([u32(1), bytes(joined)]);
}

function withoutSpacesAroundCommas(text) {
    let result = '';
    let quoted = false;
    for (let i = 0; i < text.length; i++) {
        if (text[i] === ',' && !quoted) {
            while (isSpace(result.at(-1))) result = result.slice(0, -1);
            result += ',';
            while (isSpace(text[i + 1])) i++;
            continue;
        }
        if (text[i] === '"') quoted = !quoted;
        result += text[i];
        if (quoted && text[i] === '\\' && i + 1 < text.length) result += text[++i];
    }
    return result;
}
