// Computes every vector and every pair again, and compares. Exits with 1 where something is wrong.

import { readFileSync } from 'node:fs';
import { answer } from './answer.mjs';

let wrong = 0;

function complain(name, what) {
    console.error(`${name}: ${what}`);
    wrong++;
}

function read(path) {
    return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
}

const { vectors } = read('../../docs/cache-key-vectors.json');
const byName = new Map();
const firstOfKey = new Map();
for (const vector of vectors) {
    const { name, request, key, domain, sameAs, differsFrom } = vector;
    const computed = answer(request);
    if (computed.key !== key) complain(name, `the key is ${computed.key}`);
    if (computed.domain !== domain) complain(name, `the domain is ${computed.domain}`);
    if (byName.has(name)) complain(name, 'an earlier vector has this name');
    byName.set(name, vector);

    if (sameAs !== null && byName.get(sameAs)?.key !== key) complain(name, `is not the same as ${sameAs}`);
    for (const other of differsFrom)
        if (!byName.has(other) || byName.get(other).key === key) complain(name, `does not differ from ${other}`);
    // A key that was there before has to be said, or two vectors meet that nobody compared.
    if (key === null) continue;
    if (sameAs === null && firstOfKey.has(key)) complain(name, `has the key of ${firstOfKey.get(key)}`);
    if (!firstOfKey.has(key)) firstOfKey.set(key, name);
}
console.log(`${vectors.length} vectors, ${wrong} wrong`);

const wrongVectors = wrong;
const pairs = read('pairs.json');
pairs.forEach(({ a, b, same, why }, i) => {
    if ((answer(a).key === answer(b).key) !== same) complain(`pair ${i + 1} (${why})`, same ? 'the keys differ' : 'the keys are the same');
});
console.log(`${pairs.length} pairs, ${wrong - wrongVectors} wrong`);
process.exit(wrong === 0 ? 0 : 1);
