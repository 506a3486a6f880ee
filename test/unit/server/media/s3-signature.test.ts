import { expect, test } from 'vitest'
import { emptySha256, sha256Of, signedHeaders } from '../../../../server/media/s3-signature.ts'

/** The keys and requests of the examples in the Amazon S3 API reference, with the signatures given there. */
const keys = {
  accessKey: 'AKIAIOSFODNN7EXAMPLE',
  secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
}
const atMs = Date.UTC(2013, 4, 24)
const base = 'https://examplebucket.s3.amazonaws.com'

test.each([
  [
    'GET object with a range',
    {
      method: 'GET',
      url: new URL(`${base}/test.txt`),
      headers: { range: 'bytes=0-9' },
      sha256: emptySha256,
    },
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  [
    'PUT object with a name that has to be escaped',
    {
      method: 'PUT',
      url: new URL(`${base}/test%24file.text`),
      headers: {
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      },
      sha256: sha256Of('Welcome to Amazon S3.'),
    },
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  ],
  [
    'GET bucket with a query',
    { method: 'GET', url: new URL(`${base}/?max-keys=2&prefix=J`), sha256: emptySha256 },
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
])('%s is signed as the reference says', (_, request, signature) => {
  const { authorization } = signedHeaders({ ...request, atMs }, keys)
  expect(authorization).toContain(`Signature=${signature}`)
})
