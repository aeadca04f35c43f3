import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Slots } from '../../src/outbound/slots.ts'

const never = new AbortController().signal

test('who waits gets a slot in order; who gives up leaves it to the next; a failure gives its slot back', async () => {
  const slots = new Slots(1)
  const order: string[] = []
  const first = Promise.withResolvers<undefined>()
  const running = slots.run(never, () => first.promise)
  const abort = new AbortController()
  const leaving = slots.run(abort.signal, () => Promise.resolve(order.push('left')))
  const second = slots.run(never, () => {
    order.push('second')
    return Promise.reject(new Error('failed'))
  })
  const third = slots.run(never, () => Promise.resolve(order.push('third')))
  abort.abort()
  await expect(leaving).rejects.toThrow()
  expect(order).toEqual([])
  first.resolve(undefined)
  await running
  await expect(second).rejects.toThrow('failed')
  await third
  expect(order).toEqual(['second', 'third'])
})

test('who is too late takes no slot', async () => {
  const slots = new Slots(1)
  await expect(slots.run(AbortSignal.abort(), () => Promise.resolve('asked'))).rejects.toThrow()
  expect(await slots.run(never, () => Promise.resolve('asked'))).toBe('asked')
})

test('who gives up in the moment of getting a slot takes nobody else out of the line', async () => {
  const slots = new Slots(1)
  const first = Promise.withResolvers<undefined>()
  const running = slots.run(never, () => first.promise)
  const abort = new AbortController()
  const second = slots.run(abort.signal, () => Promise.resolve('second'))
  const third = slots.run(never, () => Promise.resolve('third'))
  await setImmediate()
  // Runs after the slot was given on, and before who got it goes on.
  void first.promise.then(() => abort.abort())
  first.resolve(undefined)
  await running
  expect(await Promise.all([second, third])).toEqual(['second', 'third'])
})
