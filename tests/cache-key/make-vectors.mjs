// Writes docs/cache-key-vectors.json. Nothing in it depends on the time, the machine or a compressor: twice is the same.

import { writeFileSync } from 'node:fs';
import { Vectors } from './vectors/builder.mjs';
import { addCodings } from './vectors/codings.mjs';
import { addContent } from './vectors/content.mjs';
import { addFields } from './vectors/fields.mjs';
import { addJson } from './vectors/json.mjs';
import { addResource } from './vectors/resource.mjs';
import { addSecondary } from './vectors/secondary.mjs';
import { addTarget } from './vectors/target.mjs';

const ABOUT = 'Vectors of docs/cache-key.md; section 10 there says what each member is. content is base64, or '
    + '{ "repeat": [ part, ... ] }: [x, n] is n times the octets of the base64 x; [x, n, y] is, for each i from 0 to n - 1, x, i in decimal digits, and y.';

const vectors = new Vectors();
for (const add of [addTarget, addFields, addCodings, addContent, addJson, addSecondary, addResource]) add(vectors);

const lines = vectors.all.map(vector => '    ' + JSON.stringify(vector));
const path = new URL('../../docs/cache-key-vectors.json', import.meta.url);
writeFileSync(path, `{\n  "version": 1,\n  "about": ${JSON.stringify(ABOUT)},\n  "vectors": [\n${lines.join(',\n')}\n  ]\n}\n`);
console.log(`${vectors.all.length} vectors`);
