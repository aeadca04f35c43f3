import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { IMPORTED, openBusinessSystemRig } from './business-system-rig.ts'
import { temporaryFolder } from './temporary-folder.ts'

const CHROMIUM = '/usr/bin/chromium'
const BROWSER_MS_MAX = 60_000

// Skipped where there is no Chromium: everything else about the page is tested without one.
describe.runIf(existsSync(CHROMIUM))('in a real browser (needs Chromium)', () => {
  test('the page shows the table with what people typed as text', { timeout: 90_000 }, async () => {
    const rig = await openBusinessSystemRig()
    const customer = '<img src=x onerror="document.title=1"> & Co'
    await rig.import([{ ...IMPORTED, customer }])
    // prettier-ignore
    const args = [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', `--user-data-dir=${await temporaryFolder()}`, '--dump-dom', rig.url,
    ]
    const { stdout } = await promisify(execFile)(CHROMIUM, args, { timeout: BROWSER_MS_MAX })
    // What the browser made of it, written out again.
    expect(stdout).toContain('<title>Payouts (demonstration)</title>')
    expect(stdout).toContain(`<tr id="${IMPORTED.reference}">`)
    expect(stdout).toContain('<td data-label="Customer">&lt;img src=x onerror="document.title=1"&gt; &amp; Co</td>')
    expect(stdout).not.toContain('<img')
    expect(stdout).toContain('<span class="state approved">approved</span>')
    expect(stdout.match(/<th\b/g)).toHaveLength(7)
  })
})
