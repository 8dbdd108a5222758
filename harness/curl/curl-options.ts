/**
 * What an option of curl is here. `sent` says what goes to the server, and is read. `unused` only says how curl works or prints.
 * `refused` changes the request in a way that a scenario cannot say.
 */
export type CurlOption =
  | { readonly kind: 'sent' | 'unused'; readonly short: string | null; readonly takesValue: boolean }
  | { readonly kind: 'refused'; readonly short: string | null; readonly takesValue: boolean; readonly because: string }

const OF_FORM = 'a multipart form is made by curl alone. Copy its body, and write it with --data-binary'
const OF_PROXY = 'a proxy stands before the chain, and no hop of it is one'
const OF_CERTIFICATE = 'clients here have no certificate'
const OF_LOGIN = 'this way of login takes several requests'
const OF_LIST = 'it asks for several things, and one request is sent here'

/** The options of curl (curl.se/docs/manpage.html) that a line for HTTP may have: long name, short name, `=` for a value. */
const ROWS: readonly (readonly [kind: 'sent' | 'unused' | string, names: string])[] = [
  ['sent', 'X/request= H/header= d/data= data-ascii= data-raw= data-binary= data-urlencode= json= u/user= b/cookie='],
  ['sent', 'A/user-agent= e/referer= I/head G/get r/range= url= url-query= request-target= oauth2-bearer= path-as-is'],
  ['sent', 'compressed 0/http1.0 http1.1 http2 http2-prior-knowledge resolve= connect-to= interface= g/globoff basic'],
  ['sent', 'haproxy-protocol haproxy-clientip='],
  ['unused', 's/silent S/show-error v/verbose i/include show-headers f/fail fail-with-body fail-early #/progress-bar'],
  [
    'unused',
    'o/output= O/remote-name J/remote-header-name w/write-out= D/dump-header= output-dir= create-dirs no-clobber',
  ],
  [
    'unused',
    'remove-on-error stderr= trace= trace-ascii= trace-time trace-ids N/no-buffer no-progress-meter styled-output',
  ],
  ['unused', 'm/max-time= connect-timeout= expect100-timeout= retry= retry-delay= retry-max-time= retry-all-errors'],
  ['unused', 'retry-connrefused limit-rate= Y/speed-limit= y/speed-time= max-filesize= no-keepalive keepalive-time='],
  [
    'unused',
    'L/location location-trusted max-redirs= post301 post302 post303 k/insecure cacert= capath= crlfile= ciphers=',
  ],
  [
    'unused',
    '1/tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tls13-ciphers= tls-max= ssl ssl-reqd no-alpn no-sessionid curves=',
  ],
  [
    'unused',
    '4/ipv4 6/ipv6 noproxy= tcp-nodelay tcp-fastopen c/cookie-jar= j/junk-session-cookies q/disable n/netrc-optional',
  ],
  [
    'unused',
    'dns-servers= doh-url= alt-svc= hsts= proto= proto-default= proto-redir= happy-eyeballs-timeout-ms= local-port=',
  ],
  [OF_FORM, 'F/form= form-string= form-escape'],
  [OF_PROXY, 'x/proxy= U/proxy-user= preproxy= socks4= socks4a= socks5= socks5-hostname= p/proxytunnel proxy-header='],
  [OF_CERTIFICATE, 'E/cert= key= cert-type= key-type= pass='],
  [OF_LOGIN, 'digest ntlm negotiate anyauth'],
  [OF_LIST, ':/next Z/parallel parallel-max= rate='],
  ['it reads options from a file, and they are not in the line', 'K/config= netrc netrc-file='],
  ['it sends a file as it comes. Write it with --data-binary and -X PUT', 'T/upload-file='],
  ['nothing here speaks HTTP/3', 'http3 http3-only'],
  ['HTTP/0.9 is no request that a chain can be asked', 'http0.9'],
  ['the chain is not asked by a socket of this machine', 'unix-socket= abstract-unix-socket='],
  ['the request would depend on a file of curl', 'z/time-cond= etag-save= etag-compare= C/continue-at='],
  ['the signature depends on the time', 'aws-sigv4='],
  ['a body in chunks is not sent here', 'tr-encoding'],
]

/** Options by their long names. */
export const CURL_OPTIONS: ReadonlyMap<string, CurlOption> = new Map(
  ROWS.flatMap(([kind, names]) =>
    names.split(' ').map((written): [string, CurlOption] => {
      const takesValue = written.endsWith('=')
      const [, short = null, name = ''] = /^(?:(.)\/)?([^=]+)=?$/.exec(written) ?? []
      const known = { short, takesValue }
      return [
        name,
        kind === 'sent' || kind === 'unused' ? { kind, ...known } : { kind: 'refused', because: kind, ...known },
      ]
    }),
  ),
)
