import { changed } from './actions.ts';
import type { SessionStore } from './port.ts';
import { sessionFrom, sessionParams } from './records/session.ts';
import { text } from './records/value.ts';
import { guard, type Row, type Sql, step } from './sql.ts';
import { SESSIONS } from './statements/sessions.ts';

/** What {@link SessionStore} promises, over any engine. */
export function sessionStore(sql: Sql): SessionStore {
  return {
    async createSession(session) {
      await sql.batch([step(SESSIONS.create, sessionParams(session))]);
    },
    async session(hash, now) {
      const row = (await sql.all(SESSIONS.find, [hash, now]))[0];
      return row === undefined ? null : sessionFrom(row);
    },
    async keepSession(hash, endsAt, now) {
      await sql.batch([step(SESSIONS.keep, [hash, endsAt, now])]);
    },
    async endSession(hash) {
      return (await sql.batch([guard(SESSIONS.end, [hash])])).done;
    },
    async createConsoleLink({ hash, tenantId, createdBy, endsAt }) {
      await sql.batch([step(SESSIONS.createLink, [hash, tenantId, createdBy, endsAt])]);
    },
    async useConsoleLink(hash, now) {
      const outcome = await sql.batch([guard(SESSIONS.useLink, [hash, now])]);
      if (!outcome.done) return null;
      const row = (outcome.results[0] as readonly Row[])[0];
      return {
        hash,
        tenantId: text(row?.tenant_id),
        createdBy: text(row?.created_by),
        endsAt: text(row?.ends_at),
      };
    },
    async expireSessions(now, limit) {
      const sessions = changed(await sql.batch([step(SESSIONS.expire, [now, limit])]));
      return sessions + changed(await sql.batch([step(SESSIONS.expireLinks, [now, limit])]));
    },
  };
}
