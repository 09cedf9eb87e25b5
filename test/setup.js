// n8n-core writes a settings file as soon as a context is made; tests must not touch the real one.
const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

process.env.N8N_USER_FOLDER = mkdtempSync(join(tmpdir(), 'n8n-tip-test-'));
process.env.N8N_LOG_LEVEL = 'silent';
