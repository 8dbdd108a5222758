import { PROTOCOL_NAMES } from '../chain/message.ts'
import type { BareFailure, TlsFault } from './outcome.ts'
import type { FileFault, HeadFault, NearMissReason, ReasonFact, SliceFault } from './reason.ts'

/** The sentence of a reason, without its place. */
export function reasonText(reason: ReasonFact): string {
  switch (reason.kind) {
    case 'head-refused':
      return `${reason.status}: ${headFaultText(reason.fault, reason.value)}`
    case 'header-ignored':
      return `header "${reason.name}" is dropped: its name has characters that nginx does not take`
    case 'https-port':
      return 'the plain HTTP request was sent to an HTTPS port'
    case 'certificate-wanted':
      return `${reason.line} wants a certificate of the client, which has none`
    case 'other-name-negotiated':
      return `421: ${reason.host} is not the name of the TLS handshake, and ${reason.line} wants it to be`
    case 'server-name':
      return serverNameText(reason)
    case 'default-server': {
      const how = reason.isMarked ? 'it is marked default_server' : 'it is the first one that listens there'
      const why = reason.host === '' ? 'there is no host' : `no server_name is ${reason.host}`
      return `${why}: the default server answers, ${how}`
    }
    case 'client-address':
      return `${reason.header} says that the client is ${reason.address}`
    case 'exact-location':
      return `"= ${reason.name}" is exactly the URI`
    case 'slash-redirect':
      return `"${reason.name}" proxies and ${reason.uri} lacks only the slash at its end: nginx redirects to it`
    case 'longest-prefix':
      return `"${reason.name}" is the longest matching prefix${reason.forbidsRegexes ? ', and "^~" forbids regular expressions' : ''}`
    case 'regex-location': {
      const before =
        reason.prefix === null ? 'no prefix matches' : `it is tried before the prefix "${reason.prefix}" is used`
      return `regular expression "${reason.label}" matches; ${before}`
    }
    case 'internal-location':
      return `"${reason.label}" is internal: a request from outside gets 404`
    case 'method-limited':
      return `${reason.method} is none of the methods of ${reason.line}: its block applies in ${reason.label}`
    case 'body-too-large':
      return `a body of ${reason.lengthBytes} bytes is more than ${reason.line ?? 'the default client_max_body_size of 1m'}`
    case 'body-not-chunked':
      return '400: the body is not chunked, as Transfer-Encoding says'
    case 'body-unfinished': {
      const announced = reason.announcedBytes === null ? 'a last chunk' : `${reason.announcedBytes} bytes`
      return `the client announces ${announced} and sends ${reason.sentBytes}: nginx waits for the rest`
    }
    case 'returned':
      return reason.line
    case 'if-holds':
      return `${reason.line} holds`
    case 'arguments-set':
      return `the arguments become "${reason.value}"`
    case 'rewritten':
      return `"${reason.pattern}" matches ${reason.before}: it becomes ${reason.uri}`
    case 'rewrite-redirect':
      return `"${reason.pattern}" matches ${reason.before}: redirect to ${reason.location}`
    case 'rewritten-to-nothing':
      return 'the rewritten URI has a zero length'
    case 'uri-cycle':
      return `rewrite or internal redirection cycle while ${reason.doing} ${reason.doing === 'processing' ? '' : 'to '}"${reason.uri}"`
    case 'rate-limited':
      return `${reason.line}: more requests came than its zone lets through`
    case 'address-denied':
      return `${reason.line} keeps ${reason.address} out`
    case 'password-wanted':
      return `401: ${reason.line} wants a user and a password`
    case 'password-unknown':
      return `401: ${reason.line} does not know the user or the password`
    case 'no-password-file':
      return `403: there is no file ${reason.path}`
    case 'auth-asked':
      return `${reason.line} asks ${reason.uri} whether the request may pass`
    case 'auth-answered':
      return `${reason.line}: ${authText(reason.status)}`
    case 'mirrored':
      return `${reason.line} sends a copy of the request to ${reason.uri}`
    case 'file-tried':
      return `try_files finds ${reason.path}`
    case 'no-file-tried':
      return `none of ${reason.names.join(', ')} is there: the last argument of try_files decides`
    case 'index-found':
      return `${reason.path} is there`
    case 'folder-redirect':
      return `${reason.path} is a folder: nginx redirects to its slash`
    case 'answers-itself':
      return `${reason.line} answers here`
    case 'file-answers':
      return `the file ${reason.path} answers`
    case 'no-file':
      return `nothing proxies here, so nginx looks for a file: ${fileFaultText(reason.fault, reason.path)}: ${reason.status}`
    case 'alias-rewritten':
      return '"alias" cannot be used where the URI was rewritten'
    case 'proxy-url':
      return `proxy_pass comes out as ${reason.url}`
    case 'no-proxy-url':
      return `proxy_pass comes out as "${reason.url}", which is no URL that can be proxied to`
    case 'memcached-asked':
      return reason.key === '' ? '500: $memcached_key is not set' : `memcached is asked for the key "${reason.key}"`
    case 'pass-address':
      return `its address is "${reason.address}"`
    case 'no-pass-address':
      return `"${reason.address}" is no address with a port, and no upstream block has that name`
    case 'params-too-long':
      return `the parameters take more than 65535 bytes, and ${PROTOCOL_NAMES[reason.protocol]} carries no more`
    case 'script-named':
      return `SCRIPT_FILENAME is "${reason.path}": the application is to run that file`
    case 'no-script':
      return 'SCRIPT_FILENAME is not given: PHP-FPM answers an empty page then'
    case 'proxies-nowhere':
      return 'one if makes this location proxy, and a later one that holds does not say where to'
    case 'no-resolver':
      return `no resolver defined to resolve ${reason.host}`
    case 'unresolved': {
      const why = reason.isSilent ? '110: Operation timed out' : '3: Host not found'
      return `${reason.host} could not be resolved (${why}) by resolver ${reason.resolver}`
    }
    case 'target-empty':
      return 'zero length URI to proxy'
    case 'target-as-sent':
      return 'proxy_pass has no URI part: the target goes on as the client sent it'
    case 'target-from-variables':
      return `proxy_pass has variables and a URI part "${reason.part}": it is sent as it is`
    case 'target-by-set':
      return `${reason.line} gives the target its value`
    case 'target-rewritten':
      return `proxy_pass has no URI part: the rewritten URI ${reason.uri} goes on`
    case 'target-after-break':
      return `proxy_pass has a URI part "${reason.part}", but the URI was rewritten with "break": it goes on as it is`
    case 'prefix-replaced':
      return `proxy_pass has a URI part "${reason.part}": the matched prefix "${reason.prefix}" is replaced by it`
    case 'peer-chosen':
      return `upstream "${reason.upstream}" gives ${addressText(reason)}`
    case 'no-live-peer':
      return 'no live upstreams: every server is down or has just failed'
    case 'try-failed':
      return `${addressText(reason)} ${FAILURES[reason.outcome]}`
    case 'handshake-failed':
      return handshakeText(addressText(reason), reason.fault, reason.serverName)
    case 'try-passed-over':
      return `${reason.status} is passed over by proxy_next_upstream`
    case 'answer-intercepted':
      return `proxy_intercept_errors hands the upstream's ${reason.status} to ${reason.line}`
    case 'error-page':
      return `${reason.status} is answered by ${reason.line}`
    case 'internal-redirect':
      return `internal redirect to ${reason.target}`
    case 'named-location':
      return `goes on in location ${reason.name}`
    case 'no-named-location':
      return `there is no location ${reason.name}`
    case 'no-uri':
      return `empty URI in redirect to named location "${reason.name}"`
    case 'accel-redirect':
      return `the upstream answered with X-Accel-Redirect ${reason.uri}`
    case 'redirect-rewritten':
      return `proxy_redirect turns Location ${reason.before} into ${reason.location}`
    case 'cache-answers':
      return cacheText(reason)
    case 'cache-asks':
      return `${reason.line}: ${reason.status}, the upstream is asked; key ${reason.key}`
    case 'cache-bypassed':
      return `${reason.line} asks the upstream past the cache (BYPASS)`
    case 'cache-updated-beside':
      return `${reason.line} asks the upstream in the background, and the client does not wait for it`
    case 'cache-stored': {
      const by = reason.line === null ? 'as it says itself' : `by ${reason.line}`
      return `the cache keeps the answer for ${reason.forS} s ${by}; key ${reason.key}`
    }
    case 'cache-not-stored':
      return `${reason.line} does not keep the answer: ${reason.why}`
    case 'slice-came':
      return `${reason.line} asked for ${reason.range} of ${reason.of}`
    case 'slice-refused':
      return `${reason.line} asked for ${reason.range}: ${SLICE_FAULTS[reason.fault]}, so nginx closes the connection`
    case 'raw-bytes':
      return 'the upstream sent no HTTP header: nginx passes its bytes on as HTTP/0.9'
    case 'precondition-failed':
      return "412: If-Match or If-Unmodified-Since does not hold for nginx's own answer"
    case 'not-modified':
      return '304: the client has it already'
    case 'decompressed':
      return 'gunzip unpacks the answer for a client that takes no gzip'
    case 'compressed':
      return 'gzip compresses the answer for a client that takes it'
    case 'text-replaced':
      return 'sub_filter replaces a text of the body'
    case 'closed':
      return `${reason.status} closes the connection without an answer`
    case 'not-for-status':
      return `without "always" it is not for ${reason.status}`
    case 'not-inherited':
      return `the level has ${reason.line}, so it inherits none`
    case 'empty-value':
      return 'its value is empty'
    case 'gateway-log':
      return reason.detail
    case 'carried-by-rewritten-form':
      return `carried by the rewritten form: the path ${reason.path} does not take it (our reading of how production routes)`
    case 'cors-does-not-say-so':
      return 'cors does not allow it for this request'
    case 'public-path':
      return 'a public path lets it in without a look at its credentials'
    case 'not-http':
      return 'the request is not valid HTTP'
    case 'no-gateway-log':
      return 'the gateway writes no access log'
    case 'nginx-log':
      return `nginx's log: ${reason.note}`
    case 'no-nginx-log':
      return "nginx's log says nothing of this request"
    case 'file-missing':
      return `the host of this environment has no ${reason.path}`
    case 'model-differs':
      return `the model of nginx does something else: ${reason.difference}`
    case 'location-used':
      return `${reason.line} is the location that nginx used`
    case 'address-changed-hands': {
      const now = reason.now === null ? 'no Service has it now' : `Service ${reason.now} has it now`
      return `${reason.address} belonged to Service ${reason.owner} when the file was written; ${now}`
    }
  }
}

const SLICE_FAULTS: Readonly<Record<SliceFault, string>> = {
  status: 'the answer is no 206',
  etag: 'the ETag is not that of the slices before',
  'no-range': 'the answer has no Content-Range that nginx can read',
  'no-length': 'its Content-Range does not say how long the whole is',
  'other-range': 'its Content-Range is another one',
}

/** The sentence of a near miss: what kept the location or the route from being chosen. */
export function nearMissText(reason: NearMissReason): string {
  switch (reason.kind) {
    case 'not-exact':
      return `\`= ${reason.name}\` needs the URI to be exactly ${reason.name}, and it is ${reason.uri}`
    case 'exact-won':
      return `"${reason.name}" matches, but the exact match "= ${reason.winner}" wins`
    case 'regex-won':
      return `"${reason.name}" matches, but the regular expression "${reason.winner}" is asked after it and wins`
    case 'shorter':
      return `"${reason.name}" matches too, but it is shorter than "${reason.winner}"`
    case 'slash-missing':
      return `"${reason.name}" needs the slash at its end: ${reason.uri} is not under it`
    case 'case-differs':
      return `"${reason.name}" differs from ${reason.uri} in upper and lower case`
    case 'narrower':
      return `"${reason.name}" is narrower: ${reason.uri} is not under it`
    case 'regex-does-not-match':
      return `"${reason.label}" does not match ${reason.uri}`
    case 'exact-comes-first':
      return `"${reason.label}" would match, but the exact match "= ${reason.winner}" is looked up first`
    case 'regexes-forbidden':
      return `"${reason.label}" would match, but "^~ ${reason.winner}" forbids regular expressions`
    case 'regex-comes-later':
      return `"${reason.label}" would match too, but "${reason.winner}" is the first in the file that does`
    case 'route':
      return reason.because
  }
}

/** Which answer the cache has, who brought it, and how long it is good. */
function cacheText(reason: Extract<ReasonFact, { readonly kind: 'cache-answers' }>): string {
  const { status, storedBy, agoS, leftS, isOfOther, key, line } = reason
  const good = leftS >= 0 ? `good for ${leftS} s more` : `over for ${-leftS} s`
  const by = `${storedBy.method} ${storedBy.target} of host ${storedBy.host}`
  const other = isOfOther ? ', which came with other credentials' : ''
  return `the cache answers (${status}): kept ${agoS} s ago for ${by}${other}, ${good}; key ${key}; by ${line}`
}

/** How a try failed, as the end of a sentence that begins with the address. */
const FAILURES: Readonly<Record<BareFailure, string>> = {
  refused: 'refused the connection',
  unresolved: 'could not be resolved',
  'connect-timeout': 'did not take the connection in time',
  'read-timeout': 'did not answer in time',
  reset: 'closed the connection before it answered',
  invalid: 'answered with what is not HTTP',
  'header-too-big': 'answered with a header larger than proxy_buffer_size',
}

/** What X509_verify_cert_error_string(3) says, as OpenSSL 3 words it. */
const VERIFY_ERRORS: Readonly<Record<number, string>> = {
  10: 'certificate has expired',
  18: 'self-signed certificate',
  19: 'self-signed certificate in certificate chain',
  20: 'unable to get local issuer certificate',
}

function handshakeText(who: string, fault: TlsFault, serverName: string | null): string {
  switch (fault.kind) {
    case 'plain':
      return `${who} speaks no TLS`
    case 'unverified':
      return `the certificate of ${who} cannot be verified (${fault.code}: ${VERIFY_ERRORS[fault.code] ?? 'see X509_verify_cert_error_string(3)'})`
    case 'other-name':
      return `the certificate of ${who} is not one of "${fault.name}"`
    case 'alert': {
      const named = serverName === null ? 'no server name' : `server name "${serverName}"`
      return `${who} turned the TLS handshake with ${named} away (alert ${fault.alert})`
    }
    case 'closed':
      return `${who} closed the connection in the TLS handshake`
  }
}

function addressText({ address, port }: { readonly address: string; readonly port: number }): string {
  if (address.startsWith('unix:')) return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

function serverNameText({ how, name, host }: Extract<ReasonFact, { kind: 'server-name' }>): string {
  switch (how) {
    case 'exact':
      return `server_name "${name}" is the host`
    case 'leading':
      return `server_name "${name}" is the longest leading wildcard for ${host}`
    case 'trailing':
      return `server_name "${name}" is the longest trailing wildcard for ${host}`
    case 'regex':
      return `server_name "${name}" matches ${host}`
  }
}

function headFaultText(fault: HeadFault, value: string): string {
  switch (fault) {
    case 'request-line':
      return 'the request line is not one'
    case 'target':
      return `${value} has a wrong escape or climbs above the root`
    case 'host':
      return `"${value}" is no host`
    case 'header-line':
      return `"${value}" is no header line`
    case 'line-too-long':
      return 'the request line is longer than large_client_header_buffers allow'
    case 'headers-too-long':
      return `the head is longer than large_client_header_buffers allow, at "${value}"`
    case 'too-many-headers':
      return `there are more than ${value} header lines`
    case 'header-twice':
      return `"${value}" stands in it twice`
    case 'host-missing':
      return 'an HTTP/1.1 request needs a Host header'
    case 'content-length':
      return `"${value}" is no Content-Length`
    case 'coding-in-1.0':
      return 'HTTP/1.0 knows no Transfer-Encoding'
    case 'coding-unknown':
      return `Transfer-Encoding "${value}" is not known`
    case 'length-and-coding':
      return 'Content-Length and Transfer-Encoding stand in it together'
    case 'method':
      return `nginx does not take ${value}`
  }
}

/** What nginx makes of the answer to `auth_request`. */
function authText(status: number): string {
  if (status >= 200 && status < 300) return `the answer is ${status}: the request may pass`
  if (status === 401 || status === 403) return `the answer is ${status}: the request may not pass`
  return `the answer is ${status}, which is neither 2xx nor 401 nor 403: nginx answers 500`
}

function fileFaultText(fault: FileFault, path: string): string {
  switch (fault) {
    case 'method':
      return `${path} is no method to read a file with`
    case 'no-file':
      return `there is no file ${path}`
    case 'no-folder':
      return `there is no folder ${path}`
    case 'not-a-folder':
      return `${path} is no folder`
    case 'no-index':
      return `the folder ${path} has none of the files that index names`
    case 'posted':
      return 'a file is not posted to'
  }
}
