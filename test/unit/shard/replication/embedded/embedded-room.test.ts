import { expect, test } from 'vitest'
import { DiskRoom } from '../../../../../shard/replication/embedded/embedded-room.ts'
import { LogUnavailable } from '../../../../../shard/replication/log.ts'

const mebibyte = 1024 * 1024

function room(available: number, { total = 100_000, free = 0 } = {}): DiskRoom {
  const space = { availableBytes: available * mebibyte, totalBytes: total * mebibyte }
  return new DiskRoom({ readSpace: () => space, readFreeInside: () => free * mebibyte })
}

test('entries are taken as long as the reserve stays whole', () => {
  expect(() => room(67).checkForEntries(mebibyte)).not.toThrow()
  expect(() => room(65).checkForEntries(mebibyte)).toThrow(LogUnavailable)
})

test('room inside the file counts, down to the floor', () => {
  expect(() => room(30, { free: 64 }).checkForEntries(mebibyte)).not.toThrow()
  expect(() => room(30, { free: 63 }).checkForEntries(mebibyte)).toThrow(LogUnavailable)
  expect(() => room(17, { free: 64 }).checkForEntries(mebibyte)).toThrow(LogUnavailable)
})

test('trims may go on down to the floor, and nothing below it', () => {
  expect(() => room(16).checkForCommit()).not.toThrow()
  expect(() => room(15).checkForCommit()).toThrow(LogUnavailable)
})

test('a small disk keeps a small reserve', () => {
  expect(() => room(2, { total: 8 }).checkForEntries(1000)).not.toThrow()
  expect(() => room(0.9, { total: 8 }).checkForEntries(1000)).toThrow(LogUnavailable)
})
