# An image around the static binary: make image builds both. It holds no shell and no
# libraries; the certificates of the authorities and the time zones are in the binary, so
# that nothing is pulled.
FROM scratch
COPY watch287g LICENSE /
# 65532 is nobody that the host knows. A new volume takes the folder's owner over.
COPY --chown=65532:65532 data /data
USER 65532:65532
# Where no configuration is named, it is watch287g.yaml beside the state.
WORKDIR /data
VOLUME /data
ENV WATCH287G_DATA=/data
EXPOSE 8287
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["/watch287g", "healthcheck"]
ENTRYPOINT ["/watch287g"]
CMD ["run"]
