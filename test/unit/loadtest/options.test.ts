// The command line of a scenario, and the reading of processor times.

import { describe, expect, test } from 'vitest'
import { liveUrl } from '../../../loadtest/client/socket.ts'
import { parseStat, processorTimesBetween } from '../../../loadtest/cluster/processes.ts'
import { describeOptions, readOptions, UsageError } from '../../../loadtest/options.ts'

const table = {
  sockets: { kind: 'number', default: 8, min: 1, max: 100, meaning: 'How many' },
  share: { kind: 'number', default: 0.5, min: 0, max: 1, isFraction: true, meaning: 'A share' },
  url: { kind: 'text', value: 'ADDRESS', meaning: 'Where' },
  seed: { kind: 'text', value: 'TEXT', default: 's', meaning: 'Chance' },
  verify: { kind: 'flag', meaning: 'Also verifies' },
} as const

describe('options', () => {
  test('have their defaults', () => {
    const expected = { sockets: 8, share: 0.5, url: undefined, seed: 's', verify: false }
    expect(readOptions(table, [])).toEqual(expected)
  })

  test('are read in both notations', () => {
    const given = ['--sockets=3', '--share', '0.25', '--url', 'ws://h', '--verify']
    const expected = { sockets: 3, share: 0.25, url: 'ws://h', seed: 's', verify: true }
    expect(readOptions(table, given)).toEqual(expected)
  })

  test('that are unknown, misspelt, out of bounds or no numbers are refused in a sentence', () => {
    const refusal = (...given: string[]) => {
      try {
        readOptions(table, given)
        return 'taken'
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError)
        return (error as UsageError).message
      }
    }
    expect(refusal('--socket', '3')).toMatch(/--socket/)
    expect(refusal('stray')).toMatch(/stray/)
    expect(refusal('--sockets', '0')).toMatch(/^--sockets must be a whole number from 1 to 100/)
    expect(refusal('--sockets', '1.5')).toMatch(/whole number/)
    expect(refusal('--sockets', '')).toMatch(/whole number/)
    expect(refusal('--share', '1.5')).toMatch(/a number from 0 to 1/)
  })

  test('are described with their defaults', () => {
    expect(describeOptions(table)[0]).toBe('--sockets N    How many (8)')
    expect(describeOptions(table)[4]).toBe('--verify       Also verifies')
  })
})

describe('an address', () => {
  test('may be given by HTTP or WebSocket, with or without the path', () => {
    expect(liveUrl('http://127.0.0.1:8080')).toBe('ws://127.0.0.1:8080/v1/live')
    expect(liveUrl('ws://127.0.0.1:8080/v1/live')).toBe('ws://127.0.0.1:8080/v1/live')
    expect(liveUrl('https://rookery.example.org/')).toBe('wss://rookery.example.org/v1/live')
  })

  test('that is none is refused', () => {
    expect(() => liveUrl('localhost')).toThrow(RangeError)
    expect(() => liveUrl('ftp://example.org')).toThrow(RangeError)
  })
})

describe('processor times', () => {
  test('are read off a line of /proc, whatever the program is called', () => {
    const rest = Array.from({ length: 38 }, (_, index) => index + 100).join(' ')
    const line = `42 (node) (x) y) S 7 42 42 0 -1 4194560 1 2 3 4 250 50 ${rest}`
    expect(parseStat(line)).toEqual({ parentPid: 7, processorUs: 3_000_000 })
  })

  test('are told as what was used in between', () => {
    const before = new Map([['shard', 100]])
    const after = new Map([
      ['shard', 350],
      ['gateway', 40],
    ])
    expect(processorTimesBetween(before, after)).toEqual({ shard: 250, gateway: 40 })
  })
})
