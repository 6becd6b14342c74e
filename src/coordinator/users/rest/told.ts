import { errorCode, Failure } from '../../../base/index.ts';
import { badRequest, HttpError } from '../../http/index.ts';

/** What cannot be, in words. @throws HttpError 400, 409 */
export async function told<T>(make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (errorCode(error) === 'user_exists') throw new HttpError(409, { message: 'Username has already been taken' });
    if (error instanceof Failure && error.code === 'bad_user') throw badRequest(error.message);
    throw error;
  }
}
