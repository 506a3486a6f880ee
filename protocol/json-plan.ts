// How a declared field becomes JSON, worked out once: what json-writer.ts looks at for each value.
//
// A field is data of many shapes, made to be read by people. A plan has one shape for all, so that the loop
// which meets some 600 of them in a page is compiled to plain loads. For the same reason words lie in plain
// arrays: how long a typed one is has to be worked out each time, as a float, because its memory may go away.

import type { Field } from './fields.ts'
import { type Form, formOf } from './message-pack.ts'
import { type EncodedName, encodedName } from './message-pack-reader.ts'

/** What is done with a value. */
export const steps = {
  never: 0,
  id: 1,
  time: 2,
  number: 3,
  boolean: 4,
  text: 5,
  bytes: 6,
  list: 7,
  record: 8,
} as const

export type Plan = {
  readonly step: number
  /** Of a list. */
  readonly item: Plan | undefined
  /** Of a record. */
  readonly fields: readonly NamedPlan[]
}

/** A field of a record as it stands in both encodings. */
export type NamedPlan = {
  readonly fieldName: string
  readonly encodedName: EncodedName
  /** Behind the opening of the record, and behind another field. */
  readonly firstName: Form
  readonly name: Form
  readonly plan: Plan
}

const plans = new WeakMap<Field, Plan>()

export function planOf(field: Field): Plan {
  let plan = plans.get(field)
  if (plan === undefined) {
    plan = makePlan(field)
    plans.set(field, plan)
  }
  return plan
}

function makePlan(field: Field): Plan {
  const none: readonly NamedPlan[] = []
  switch (field.kind) {
    case 'optional':
      return planOf(field.of)
    case 'integer':
      return { step: steps.number, item: undefined, fields: none }
    case 'user-reference':
      return { step: steps.never, item: undefined, fields: none }
    case 'list':
      return { step: steps.list, item: planOf(field.of), fields: none }
    case 'record': {
      const fields = Object.entries(field.fields).map(([name, one]) => ({
        fieldName: name,
        encodedName: encodedName(name),
        firstName: formOf(`"${name}":`),
        name: formOf(`,"${name}":`),
        plan: planOf(one),
      }))
      return { step: steps.record, item: undefined, fields }
    }
    default:
      return { step: steps[field.kind], item: undefined, fields: none }
  }
}
