// Reads a request as JSON from each line of the standard input and answers each with one line: `<key> <domain>`, both in
// hexadecimal, the key null where there is none. A line that is no request is answered `error <why>`, so that answers stay in step.

import { createInterface } from 'node:readline';
import { answer } from './answer.mjs';

function answerLine(line) {
    try {
        const { key, domain } = answer(JSON.parse(line));
        return `${key} ${domain}\n`;
    } catch (error) {
        return `error ${String(error.message).replaceAll('\n', ' ')}\n`;
    }
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity }))
    if (!process.stdout.write(answerLine(line))) await new Promise(resolve => process.stdout.once('drain', resolve));
