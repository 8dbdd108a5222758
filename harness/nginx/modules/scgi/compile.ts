import { cgiSettings } from '../../core/cgi/compile-cgi.ts'

export const scgi = cgiSettings('scgi')
