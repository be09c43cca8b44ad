// Reads a request as JSON from each line of the standard input and answers each with one line: `<key> <domain>`, both in
// hexadecimal. With "secondary": { "names": [...], "fields": [...] } in the request, the key is the secondary one, over the
// primary key of the request. A line that is no request is answered `error <why>`, so that answers stay in step.

import { createInterface } from 'node:readline';
import { explain, secondaryKey } from './naive-key.mjs';

function answer(line) {
    try {
        const request = JSON.parse(line);
        const { key, domain } = explain(request);
        const { secondary } = request;
        const result = secondary ? secondaryKey(key, secondary.names, secondary.fields) : key;
        return `${result} ${domain.toString(16).padStart(2, '0')}\n`;
    } catch (error) {
        return `error ${String(error.message).replaceAll('\n', ' ')}\n`;
    }
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity }))
    if (!process.stdout.write(answer(line))) await new Promise(resolve => process.stdout.once('drain', resolve));
