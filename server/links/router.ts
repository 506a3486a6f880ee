// The router: whose partition answers a request. Pure.
//
// A definition says who owns an operation (`owner`); an id carries its partition, and a handle's
// partition is its hash. So a gateway knows where to send a request without asking anybody.

import { userOfToken } from '../../protocol/credentials.ts'
import type { ErrorBody } from '../../protocol/errors.ts'
import { failure } from '../../protocol/errors.ts'
import type { UserReference } from '../../protocol/fields.ts'
import type { Partition } from '../../protocol/ids.ts'
import { partitionOfHandle, partitionOfId } from '../../protocol/ids.ts'
import type { Operation } from '../../protocol/operation.ts'

/**
 * @param request.actor the signed-in user's id; 0 for nobody
 * @param request.params the checked parameters
 * @param request.isOperator whether it came by the operators' way
 * @returns the partition; or why there is none: nobody is signed in where someone has to be, or what
 * is asked for cannot exist in a cluster of `partitionCount` partitions.
 */
export function routeOf(
  operation: Operation,
  request: {
    readonly actor: number
    readonly params: Record<string, unknown>
    readonly isOperator?: boolean
  },
  partitionCount: number,
): Partition | ErrorBody {
  const { owner } = operation
  if (operation.access === 'operator' && request.isOperator !== true) return failure('forbidden')
  if (request.actor === 0 && (operation.access === 'user' || owner === 'actor')) {
    return failure('unauthenticated')
  }
  if (owner === 'actor') return partitionOfId(request.actor)
  if (owner === 'anywhere') {
    if (request.actor !== 0) return partitionOfId(request.actor)
    return partitionOfHandle(JSON.stringify(request.params), partitionCount)
  }
  if (owner === 'handle') {
    return partitionOfHandle(request.params['handle'] as string, partitionCount)
  }
  if (owner === 'token') {
    const user = userOfToken(request.params['token'] as string)
    const partition = user === undefined ? partitionCount : partitionOfId(user)
    return partition < partitionCount ? partition : failure('unauthenticated')
  }
  if ('partition' in owner) {
    const partition = request.params[owner.partition] as Partition
    return partition < partitionCount ? partition : failure('not_found')
  }
  const isReaders = 'readerOr' in owner && request.actor !== 0
  if (isReaders) return partitionOfId(request.actor)
  const name = 'subject' in owner ? owner.subject : owner.readerOr
  const partition = partitionNamedBy(request.params[name], partitionCount)
  return partition < partitionCount ? partition : failure('not_found')
}

function partitionNamedBy(value: unknown, partitionCount: number): Partition {
  if (typeof value === 'number') return partitionOfId(value)
  const reference = value as UserReference
  return 'id' in reference
    ? partitionOfId(reference.id)
    : partitionOfHandle(reference.handle, partitionCount)
}
