import { expect, test } from 'vitest'
import { unpack } from '../../../protocol/frame.ts'
import type { RequestContext } from '../../../protocol/request-context.ts'
import { packContext } from '../../../protocol/request-context.ts'

test('what a shard is told beside the parameters is a map of texts, and nothing where there is nothing', () => {
  const contexts: RequestContext[] = [
    { requestId: 'r-1' },
    { address: '::1', requestId: 'é'.repeat(100) },
    { tokenHash: 'h'.repeat(43), requestId: 'r-2', traceparent: `00-${'a'.repeat(32)}` },
    {},
  ]
  for (const context of contexts) expect(unpack(packContext(context))).toEqual(context)
  expect(packContext(undefined)).toHaveLength(0)
})
