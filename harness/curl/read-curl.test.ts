import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesFrom, type Header, type RequestMessage } from '../chain/message.ts'
import type { StepRequest } from '../scenario/scenario.ts'
import { CurlError } from './curl-error.ts'
import { curlLine } from './curl-line.ts'
import { readCurl } from './read-curl.ts'
import { shellWords } from './shell-words.ts'

const HOST: Header = ['Host', 'h']

function read(line: string): StepRequest {
  return readCurl(shellWords(line), (name) => `file ${name}\n`).request
}

/** Why a line is refused, and what to do. */
function refusalOf(line: string): string {
  try {
    read(line)
  } catch (error) {
    if (error instanceof CurlError) return `${error.message}. ${error.remedy}`
    throw error
  }
  return expect.fail(`"${line}" is read`)
}

describe('there and back', () => {
  const byte = fc.integer({ min: 0x21, max: 0xff }).filter((code) => code !== 0x7f)
  const word = fc.array(byte, { minLength: 1, maxLength: 12 }).map((codes) => String.fromCharCode(...codes))
  const name = fc.stringMatching(/^x-[a-z]{1,8}$/)
  const header = fc.tuple(name, fc.oneof(word, fc.constant('')))
  const body = fc.uint8Array({ maxLength: 20 }).map((bytes) => bytesFrom(Buffer.from(bytes.map((code) => code || 1))))
  const request: fc.Arbitrary<RequestMessage> = fc.record({
    method: fc.constantFrom('GET', 'POST', 'DELETE', 'PROPFIND', "it's"),
    target: word.map((text) => `/${text}`),
    httpVersion: fc.constantFrom('1.0' as const, '1.1' as const),
    headers: fc.array(header, { maxLength: 4 }).map((lines): Header[] => [HOST, ...lines]),
    body,
  })

  test('the line that repeats a request is read as that request', () => {
    fc.assert(
      fc.property(request, (given) => {
        const { method, target, url, httpVersion, headers, body } = read(curlLine(given, 'http://h'))
        const path = target ?? url.slice('http://h'.length)
        expect({ method, target: path, httpVersion, headers, body }).toEqual(given)
      }),
    )
  })
})

describe('where a line connects to', () => {
  test.each([
    ['curl flowmaster.example', 'http://flowmaster.example/'],
    ['curl HTTP://flowmaster.example:80?a', 'http://flowmaster.example/?a'],
    ['curl http://h/a --connect-to ::127.0.0.1:8080', 'http://127.0.0.1:8080/a'],
    ['curl http://h/a --connect-to other::x:1 --resolve h:80:10.0.0.1', 'http://10.0.0.1:80/a'],
    ['curl https://h/a --resolve h:443:127.0.0.1', 'https://h:443/a'],
    ['curl https://h/a --connect-to h:443:localhost:8443', 'https://h:8443/a'],
    ['curl "http://[::1]:81/a"', 'http://[::1]:81/a'],
  ])('%s', (line, url) => {
    expect(read(line).url).toBe(url)
  })

  test('the Host line is that of the URL', () => {
    expect(read('curl http://h:81/a --connect-to ::127.0.0.1:8080').headers).toContainEqual(['Host', 'h:81'])
  })
})

test('a file is read where a line names one', () => {
  expect(read('curl http://h/ -d @a -d b').body).toBe('file a&b')
  expect(read('curl http://h/ --data-binary @a').body).toBe('file a\n')
  expect(read('curl http://h/ --data-urlencode n@a').body).toBe('n=file+a%0A')
})

test('options that only say how curl works are named', () => {
  const { unused } = readCurl(shellWords('curl -sk --max-time 5 -L -o file --no-keepalive http://h/'), () => '')
  expect(unused).toEqual(['-s', '-k', '--max-time', '-L', '-o', '--no-keepalive'])
})

test.each([
  ['wget http://h/', 'it begins with "wget". Paste a line that begins with curl.'],
  ['curl', 'it has no URL. Copy the whole line.'],
  ['curl http://h/ http://g/', 'it has 2 URLs. One request is sent at a time. Leave one.'],
  [
    'curl http://h/[1-3]',
    'curl makes several URLs of "http://h/[1-3]". Add --globoff where its brackets are meant as they stand.',
  ],
  ['curl http://h/ | jq .', 'it has a pipe in it ("|"). Give the curl line alone.'],
  ['curl http://h/ > file', 'it has a redirection in it (">"). Give the curl line alone.'],
  ['curl http://h/$(id)', 'it runs another command ("$("). Write what that prints in its place.'],
  ['curl "http://h/`id`"', 'it runs another command (`). Write what that prints in its place.'],
  [
    'curl http://h/ -H "Authorization: Bearer $TOKEN"',
    'it has the shell variable "$TOKEN" in it. Write its value in its place.',
  ],
  ["curl 'http://h/", "the quote ' is not closed. Copy the whole line."],
  ['curl ^"http://h/^" ^', 'it is written for cmd.exe. Let the browser copy it as cURL for bash.'],
  ['curl --daat x http://h/', 'chain does not know its option "--daat". Did you mean "--data"?'],
  [
    'curl -F a=@b http://h/',
    '"-F" cannot be said here: a multipart form is made by curl alone. Copy its body, and write it with --data-binary. Leave it out, or use curl itself.',
  ],
  ['curl http://h/ -d', '"-d" has no value behind it. Copy the whole line.'],
  ['curl http://h/ -d @-', 'its body comes by standard input. Write the body in the line.'],
  ['curl http://h/ -u name', '-u "name" has no password, and curl would ask for it. Write -u NAME:PASSWORD.'],
  ['curl http://h/ -b jar', '-b "jar" is a file of cookies, and those are not read. Write -b \'name=value\'.'],
  ['curl http://h/ -H Host:', 'it asks without a Host line. A client of HTTP/1.1 sends one.'],
  ['curl ftp://h/', '"ftp://h/" is no URL of HTTP. Requests of HTTP and HTTPS are sent here.'],
  ['curl "http://h/a b"', '"http://h/a b" has a space or a control character in it. Write a space as %20.'],
  [
    'curl https://h/ --resolve h:443:10.0.0.1',
    'it connects to 10.0.0.1 and asks for h there by TLS, which a URL cannot say. Leave --resolve or --connect-to out where nginx listens on every address.',
  ],
])('%s is refused', (line, why) => {
  expect(refusalOf(line)).toBe(why)
})

test('nothing that is pasted makes it fail in another way', () => {
  const piece = fc.constantFrom(
    'curl ',
    "'",
    '"',
    '$',
    '\\',
    ' -',
    '-H',
    '--data',
    ':',
    '@x',
    '\n',
    'http://h/',
    '[',
    'é',
    '\0',
    "$'",
  )
  const line = fc
    .array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 12 })
    .map((parts) => `curl ${parts.join('')}`)
  fc.assert(
    fc.property(line, (text) => {
      try {
        read(text)
      } catch (error) {
        expect(error).toBeInstanceOf(CurlError)
      }
    }),
    { numRuns: 500 },
  )
})
