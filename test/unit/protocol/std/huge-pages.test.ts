import { expect, test } from 'vitest'
import { hugePages } from '../../../../protocol/std/huge-pages.ts'

test('malloc is told to ask for huge pages, unless the operator tells it something else', () => {
  expect(hugePages({})).toEqual({ GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' })
  const own = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=0', PATH: '/bin' }
  expect(hugePages(own)).toEqual({ GLIBC_TUNABLES: 'glibc.malloc.hugetlb=0' })
})
