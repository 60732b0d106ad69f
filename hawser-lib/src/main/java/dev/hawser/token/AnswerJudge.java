package dev.hawser.token;

import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.OptionalLong;

/// Decides what an answer means.
///
/// @param protocolIdWanted which tokens must have, or empty
/// @param credential that was sent, which nothing may repeat
/// @param attempts that were made, this one included
/// @param times of this one
record AnswerJudge(
        OptionalLong protocolIdWanted,
        String credential,
        int attempts,
        TokenAnswer.Exchange times) {
    private static final int TEXT_CHARACTERS_MAX = 200;

    @Override
    public String toString() {
        return "AnswerJudge";
    }

    Verdict judge(HttpResponse<AnswerBody.Bytes> answer) {
        int status = answer.statusCode();
        if (status == 200) {
            return granted(answer);
        }
        if (status >= 300 && status < 400) {
            return unexpected(
                    "it redirects ("
                            + status
                            + ") to \""
                            + header(answer, "Location")
                            + "\", which is not followed, since the credential is for the endpoint"
                            + " alone");
        }
        if (status < 400 || status > 599) {
            return unexpected("its status is " + status);
        }
        return refused(answer, status);
    }

    private Verdict granted(HttpResponse<AnswerBody.Bytes> answer) {
        AnswerBody.Bytes body = answer.body();
        if (!isOfType(answer, "application/json")) {
            return unexpected(
                    "its content type is \""
                            + header(answer, "Content-Type")
                            + "\", not application/json");
        }
        if (body.isTooLong()) {
            return unexpected(
                    "its body has more than "
                            + AnswerBody.BYTES_MAX
                            + " bytes, and a connect token needs a tenth of them");
        }
        try {
            return new Verdict.Fetched(
                    TokenAnswer.read(body.array(), body.length(), protocolIdWanted, times));
        } catch (BadAnswerException e) {
            return unexpected(e.detail());
        }
    }

    private Verdict refused(HttpResponse<AnswerBody.Bytes> answer, int status) {
        ProblemDetails problem = problem(answer);
        long retryAfterSeconds =
                RetryAfter.seconds(answer.headers(), times.receivedAtSeconds()).orElse(0);
        return switch (status) {
            case 401 -> new Verdict.Final(new TokenFetchFailure.NotAuthenticated(problem));
            case 403 -> new Verdict.Final(new TokenFetchFailure.Forbidden(problem));
            case 429 ->
                    new Verdict.Again(
                            new TokenFetchFailure.TooManyRequests(retryAfterSeconds, problem),
                            retryAfterSeconds);
            case 503 ->
                    new Verdict.Again(
                            new TokenFetchFailure.NoServer(retryAfterSeconds, problem),
                            retryAfterSeconds);
            case 502, 504 ->
                    new Verdict.Again(
                            new TokenFetchFailure.ServiceFailed(status, attempts, problem),
                            retryAfterSeconds);
            default ->
                    new Verdict.Final(
                            status < 500
                                    ? new TokenFetchFailure.RequestRefused(status, problem)
                                    : new TokenFetchFailure.ServiceFailed(
                                            status, attempts, problem));
        };
    }

    private ProblemDetails problem(HttpResponse<AnswerBody.Bytes> answer) {
        AnswerBody.Bytes body = answer.body();
        return body.isTooLong() || !isOfType(answer, "application/problem+json")
                ? ProblemDetails.NONE
                : ProblemReader.read(body.array(), body.length(), credential);
    }

    private static boolean isOfType(HttpResponse<?> answer, String type) {
        String stated = answer.headers().firstValue("Content-Type").orElse("");
        int end = stated.indexOf(';');
        String bare = end < 0 ? stated : stated.substring(0, end);
        return bare.strip().toLowerCase(Locale.ROOT).equals(type);
    }

    private String header(HttpResponse<?> answer, String name) {
        return RemoteText.clean(
                answer.headers().firstValue(name).orElse(""), TEXT_CHARACTERS_MAX, credential);
    }

    private static Verdict unexpected(String detail) {
        return new Verdict.Final(new TokenFetchFailure.UnexpectedAnswer(detail));
    }
}
