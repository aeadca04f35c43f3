import { expect, test } from 'vitest'
import { addressClassOf } from '../../src/outbound/address-class.ts'

// prettier-ignore
test.each([
  ['169.254.169.254', 'never'], ['169.254.0.0', 'never'], ['169.254.255.255', 'never'], ['169.253.255.255', 'public'], ['169.255.0.0', 'public'],
  ['fe80::1', 'never'], ['febf::1', 'never'], ['fe80::1%eth0', 'never'], ['fec0::1', 'never'],
  ['::ffff:169.254.169.254', 'never'], ['::ffff:a9fe:a9fe', 'never'], ['64:ff9b::a9fe:a9fe', 'never'], ['2002:a9fe:a9fe::1', 'never'],
  ['fd00:ec2::254', 'never'], ['100.100.100.200', 'never'],
  ['0.0.0.0', 'never'], ['::', 'never'], ['224.0.0.1', 'never'], ['255.255.255.255', 'never'], ['ff02::1', 'never'],
  ['', 'never'], ['example.com', 'never'], ['127.1', 'never'],
  ['127.0.0.1', 'private'], ['127.255.255.255', 'private'], ['::1', 'private'], ['::ffff:127.0.0.1', 'private'], ['64:ff9b::7f00:1', 'private'],
  ['10.0.0.1', 'private'], ['172.15.255.255', 'public'], ['172.16.0.0', 'private'], ['172.31.255.255', 'private'], ['172.32.0.0', 'public'],
  ['192.168.1.1', 'private'], ['192.167.1.1', 'public'], ['100.64.0.1', 'private'], ['fd12::1', 'private'], ['64:ff9b:1::1', 'private'],
  ['8.8.8.8', 'public'], ['2606:4700::1111', 'public'], ['::ffff:8.8.8.8', 'public'], ['64:ff9b::808:808', 'public'],
])('%s is %s', (address, expected) => {
  expect(addressClassOf(address)).toBe(expected)
})
