import { describe, expect, test } from 'vitest'
import { isAddress, Members, splitAddress } from '../../../../server/links/members.ts'

describe('the members of a cluster', () => {
  test('are the seeds, and whom any shard tells of', () => {
    const members = new Members()
    members.setSeeds({ a: 'one:1' })
    members.tell('a', { a: 'one:1', b: 'two:2' })
    members.tell('b', { c: 'three:3' })
    expect(Object.fromEntries(members.addresses())).toEqual({
      a: ['one:1'],
      b: ['two:2'],
      c: ['three:3'],
    })
    members.forget('b')
    members.tell('a', { a: 'one:1' })
    expect([...members.addresses().keys()]).toEqual(['a'])
  })

  test('may be at any address that somebody says, first at that of the seed', () => {
    const members = new Members()
    members.tell('b', { a: 'old:1' })
    members.tell('c', { a: 'new:2' })
    members.setSeeds({ a: 'seed:3' })
    members.tell('d', { a: 'new:2' })
    expect(members.addresses().get('a')).toEqual(['seed:3', 'old:1', 'new:2'])
  })

  test('without an address that can be connected to are nobody', () => {
    const members = new Members()
    members.tell('a', { b: '', c: 'host', d: 'host:0', e: 'host:65536', f: ':1', g: 'host:65535' })
    expect([...members.addresses().keys()]).toEqual(['g'])
  })
})

test('an address is a host and a port, and IPv6 may stand in brackets', () => {
  expect(splitAddress('10.0.0.5:4001')).toEqual({ host: '10.0.0.5', port: 4001 })
  expect(splitAddress('[fd00::5]:4001')).toEqual({ host: 'fd00::5', port: 4001 })
  expect(isAddress('[fd00::5]:4001')).toBe(true)
})
