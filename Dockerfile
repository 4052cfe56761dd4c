FROM golang:1.26-bookworm AS build
WORKDIR /src
# The modules are a layer of their own, which changes of our code leave as it is.
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN make build && mkdir /empty

# It holds the certificates of the authorities and a user, but no shell; time
# zones are compiled in.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /src/bin/watch287g /watch287g
# 65532 is that user. A new volume takes the folder's owner over.
COPY --from=build --chown=65532:65532 /empty /data
USER 65532:65532
# Where no --config is given, the configuration is watch287g.yaml beside the state.
WORKDIR /data
VOLUME /data
EXPOSE 8287
ENTRYPOINT ["/watch287g"]
CMD ["run", "--data", "/data"]
