import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type CallOptions, call } from '../wire/call.ts';

/** A list of what gives access, by its path below `/cordon/v1`. */
export function useAccess<T>(path: string, enabled = true) {
  return useQuery({
    queryKey: ['access', path],
    queryFn: async () => (await call<{ value: T[] }>(`/cordon/v1/${path}`)).value,
    enabled,
  });
}

/** Changes what gives access, and reads the list again. @throws Problem */
export function useChangeAccess(list: string): <T>(path: string, options: CallOptions) => Promise<T> {
  const client = useQueryClient();
  return async (path, options) => {
    try {
      return await call(`/cordon/v1/${path}`, options);
    } finally {
      void client.invalidateQueries({ queryKey: ['access', list] });
    }
  };
}
