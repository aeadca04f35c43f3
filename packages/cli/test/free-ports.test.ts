import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { freePorts } from '../src/index.ts'

test('steps over a port that is taken', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void taken.close())
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const found = await freePorts(3, port)
  expect(found).toHaveLength(3)
  expect(found).not.toContain(port)
  expect(Math.min(...found)).toBeGreaterThan(port)
  expect(new Set(found).size).toBe(3)
})

test('refuses when there are not enough', async () => {
  await expect(freePorts(3, 65_534)).rejects.toThrow('fewer than 3 ports are free from 65534 upward')
})
