import { ConfigError } from '@callback-quorum/service'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createHttpsRig, type HttpsRig } from './https-rig.ts'

let rig: HttpsRig
beforeAll(async () => {
  rig = await createHttpsRig()
})
afterEach(() => rig.clear())
afterAll(() => rig.close())

// prettier-ignore
test.each([
  ['http', { url: 'http://list.test/' }, /no https URL/],
  ['what is no URL', { url: 'list.test' }, /no https URL/],
  ['a user in the URL', { url: 'https://user@list.test/' }, /token_file/],
  ['a password in the URL', { url: 'https://:secret@list.test/' }, /token_file/],
  ['a wildcard over half of the world', { redirectHosts: ['*.com'] }, /redirect_hosts: \*\.com/],
  ['a missing certificate', { caFile: '/missing/ca.pem' }, /certificate/],
  ['a missing token', { tokenFile: '/missing/token' }, /ENOENT/],
])('does not open with %s', async (_, opening, message) => {
  const server = await rig.server()
  const opened = rig.open(server, opening)
  await expect(opened).rejects.toThrow(ConfigError)
  await expect(opened).rejects.toThrow(message)
  await expect(opened).rejects.not.toThrow('secret')
})

// prettier-ignore
test.each([
  ['open to others', 'secret-token', 0o604, /open to others/],
  ['empty', ' \n', 0o600, /holds no bearer token/],
  ['two lines', 'secret-token\nsecret-token', 0o600, /holds no bearer token/],
])('does not open with a token file that is %s', async (_, text, mode, message) => {
  const tokenFile = await rig.write('token', text, mode)
  const opened = rig.open(await rig.server(), { tokenFile })
  await expect(opened).rejects.toThrow(ConfigError)
  await expect(opened).rejects.toThrow(message)
  await expect(opened).rejects.not.toThrow('secret-token')
})

test('does not open with a certificate file that holds none', async () => {
  const caFile = await rig.write('ca.pem', 'no certificate')
  await expect(rig.open(await rig.server(), { caFile })).rejects.toThrow(ConfigError)
})
