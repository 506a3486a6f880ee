// Which operations the model test has no command and no comparison for, each with its reason. Every other one has to
// be asked for in every whole run of the test, so that a new operation without a command fails it.

import { expect } from 'vitest'
import type { OperationName } from '../../protocol/registry.ts'
import { operations } from '../../protocol/registry.ts'

const notInModel: Readonly<Partial<Record<OperationName, string>>> = {
  'live.subscribe': 'a stream has sockets that drop and resume: live.test.ts has a model of those',
  'live.unsubscribe': 'it ends what a socket alone has: test/unit/shard/live/live-tags.test.ts',
}

/** Throws where an operation was asked for by no run, or is said to be left out and is not. */
export function expectAllOperations(called: ReadonlySet<OperationName>): void {
  const names = Object.keys(operations) as OperationName[]
  expect(
    names.filter((name) => !called.has(name)),
    'every operation needs a command or a comparison of the model, or a reason in model-coverage.ts',
  ).toEqual(names.filter((name) => name in notInModel))
}
