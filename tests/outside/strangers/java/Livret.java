import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Logs in as an employé, creates a contrat de formation and declares a leçon. */
public final class Livret {
    private static final String CALLBACK = "http://localhost:3000/callback";
    private static final String CLIENT = "editeur-demo";
    private static final String SECRET = "secret-demo-rdv-mock";
    private static final String SCOPE = "openid email livret_numerique:read livret_numerique:write";

    /** As it comes, with the cookies of the login page: it offers HTTP/2 with every call. */
    private final HttpClient http =
            HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
    private final String base;

    private Livret(String base) {
        this.base = base;
    }

    public static void main(String[] arguments) throws Exception {
        Livret livret = new Livret(arguments[0]);
        String given = livret.tokenGiven("lea");
        System.out.println("jeton donné : " + livret.formateurs(given));
        String token = livret.logIn("lea@plesses.test", "lea");
        System.out.println("connexion : " + livret.formateurs(token));
        String contrat = livret.contrat(token);
        System.out.println("contrat : " + contrat);
        System.out.println("leçon : " + livret.lecon(token, contrat));
    }

    /** A token without a login, from the control plane. */
    private String tokenGiven(String employe) throws Exception {
        HttpResponse<String> answer =
                post("/_mock/tokens", "application/json", "{\"employe\": \"" + employe + "\"}", "");
        return field(expect(200, answer), "access_token");
    }

    /** A token as the real provider gives it: login page, code, exchange. */
    private String logIn(String email, String password) throws Exception {
        String oidc = base + "/realms/formation/protocol/openid-connect";
        String question = form(Map.of("client_id", CLIENT, "redirect_uri", CALLBACK, "state", "s-1",
                "response_type", "code", "scope", SCOPE));
        String page = expect(200, get(oidc + "/auth?" + question, "")).body();
        String action = found("action=\"([^\"]+)\"", page).replace("&amp;", "&");
        String identity = form(Map.of("username", email, "password", password));
        HttpResponse<String> sent = expect(302,
                post(URI.create(base).resolve(action).toString(), FORM, identity, ""));
        String location = sent.headers().firstValue("location").orElseThrow();
        String code = found("[?&]code=([^&]+)", location);
        String basic = Base64.getEncoder().encodeToString((CLIENT + ":" + SECRET).getBytes());
        String exchange = form(Map.of(
                "grant_type", "authorization_code", "code", code, "redirect_uri", CALLBACK));
        HttpResponse<String> tokens = post(oidc + "/token", FORM, exchange, "Basic " + basic);
        return field(expect(200, tokens), "access_token");
    }

    private int formateurs(String token) throws Exception {
        String path = base + "/api/v1/livret-numerique/formateurs";
        return expect(200, get(path, "Bearer " + token)).statusCode();
    }

    private String contrat(String token) throws Exception {
        String body = "{\"nom\": \"Moreau\", \"numeroDossier\": \"012345678901\","
                + " \"categoriePermis\": \"B\", \"typeFormation\": \"TRADITIONNELLE\"}";
        String path = "/api/v1/livret-numerique/contrats-de-formation";
        HttpResponse<String> answer = post(path, "application/json", body, "Bearer " + token);
        return field(expect(201, answer), "id");
    }

    private String lecon(String token, String contrat) throws Exception {
        String body = "{\"type\": \"CIRCULATION\", \"dateHeureDebut\": \"2026-03-09T15:00:00\","
                + " \"dureeEnMinutes\": 60, \"numeroAutorisation\": \"A0850001230\"}";
        String path = "/api/v1/livret-numerique/contrats-de-formation/" + contrat + "/lecons";
        HttpResponse<String> answer = post(path, "application/json", body, "Bearer " + token);
        return field(expect(201, answer), "id");
    }

    private static final String FORM = "application/x-www-form-urlencoded";

    private HttpResponse<String> get(String address, String authorization) throws Exception {
        return http.send(request(address, authorization).GET().build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String where, String type, String body, String authorization)
            throws Exception {
        String address = where.startsWith("/") ? base + where : where;
        HttpRequest request = request(address, authorization)
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(body))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String address, String authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address));
        return authorization.isEmpty() ? request : request.header("Authorization", authorization);
    }

    private static HttpResponse<String> expect(int status, HttpResponse<String> answer) {
        if (answer.statusCode() != status) {
            throw new IllegalStateException(
                    answer.uri() + " : " + answer.statusCode() + " " + answer.body());
        }
        return answer;
    }

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(one -> one.getKey() + "="
                        + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static String field(HttpResponse<String> answer, String name) {
        return found("\"" + name + "\"\\s*:\\s*\"([^\"]+)\"", answer.body());
    }

    private static String found(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException(pattern + " : " + text);
        }
        return matcher.group(1);
    }
}
