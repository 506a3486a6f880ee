// Huge pages: 2 MB of memory under one address to look up, where 4 KB are usual.
//
// Who reads gigabytes at random waits for the lookup of addresses as often as for the data. Linux gives huge pages to
// whoever asks for them (`madvise`, the usual setting of /sys/kernel/mm/transparent_hugepage/enabled). JavaScript cannot, but
// glibc's malloc does, from version 2.35 on, if the environment of the process says so when it starts; elsewhere the
// variable means nothing.

/** The environment with which a process gets huge pages; what it has set for malloc itself holds. */
export function hugePages(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return { GLIBC_TUNABLES: env['GLIBC_TUNABLES'] ?? 'glibc.malloc.hugetlb=1' }
}
