import { describe, expect, test } from 'vitest'
import type { ShardStatus } from '../../../protocol/cluster-status.ts'
import { readStatus } from '../../../protocol/cluster-status.ts'
import { ClusterProtocolError } from '../../../protocol/cluster-stream.ts'
import { pack } from '../../../protocol/frame.ts'

const status: ShardStatus = {
  serving: [
    [0, 1],
    [7, 2 ** 40],
  ],
  hosted: [0, 7, 9],
  members: { 'shard-0': '10.0.0.5:4001' },
}

describe('the status of a shard', () => {
  test('is read as it was written', () => {
    expect(readStatus(pack(status))).toEqual(status)
    expect(readStatus(pack({ serving: [], hosted: [], members: {} }))).toMatchObject({ hosted: [] })
  })

  test.each([
    ['that of another version', { partitions: [1, 2] }],
    ['nothing', null],
    ['a list', []],
    ['partitions without epochs', { ...status, serving: [1, 2] }],
    ['an epoch that is none', { ...status, serving: [[1, -1]] }],
    ['a partition that is a name', { ...status, hosted: ['1'] }],
    ['no members', { ...status, members: undefined }],
    ['a member without an address', { ...status, members: { 'shard-0': 4001 } }],
  ])('ends the link, and no more, where it is %s', (_what, value) => {
    expect(() => readStatus(pack(value))).toThrow(ClusterProtocolError)
  })

  test('ends the link where it is bytes of nobody', () => {
    expect(() => readStatus(Buffer.from([0xc1]))).toThrow(ClusterProtocolError)
  })
})
