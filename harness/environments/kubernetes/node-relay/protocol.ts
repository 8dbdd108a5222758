/** Grows when what is spoken with the relay changes: a cluster that is kept has the relay that it was started with. */
export const RELAY_VERSION = 6

/** Where nginx writes its error log, whatever else the site file asks for. Its folder is shared with the relay. */
export const LOG_FILE = '/var/log/nginx/debug.log'

/** Where `nginx -V` has been written, in the same folder. */
export const BUILD_FILE = '/var/log/nginx/build.txt'

/** The folder of nginx's files, shared with the relay too. */
export const CONF_DIR = '/etc/nginx'

/** Where nginx says which process it is. */
export const PID_FILE = '/etc/nginx/nginx.pid'

/** What stands on the host of nginx: texts by absolute path under {@link CONF_DIR}, and logs of the site's own, which lead to ours. */
export interface SiteFiles {
  readonly files: Readonly<Record<string, string>>
  /** Files for clients: bytes as Latin-1 by absolute path under {@link CONF_DIR}. */
  readonly served: Readonly<Record<string, string>>
  readonly errorLogs: readonly string[]
  /** The text of /etc/resolv.conf. */
  readonly resolvConf: string
}

/** What the log has beyond a position (in bytes). Its bytes are Latin-1; `position` is where it ends. */
export interface LogText {
  readonly position: number
  readonly text: string
}
